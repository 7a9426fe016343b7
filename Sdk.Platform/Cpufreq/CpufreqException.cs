namespace PollScale.Cpufreq;

/// <summary>The frequency of a CPU cannot be controlled here; the message says what was found, why, and what to do.</summary>
public sealed class CpufreqException : Exception
{
    /// <summary>Makes an exception.</summary>
    public CpufreqException()
        : this(CpufreqProblem.Failed, "The frequency cannot be controlled.")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was found, why, what to do.</param>
    public CpufreqException(string message)
        : this(CpufreqProblem.Failed, message)
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">What was found, why, what to do.</param>
    /// <param name="innerException">Cause.</param>
    public CpufreqException(string message, Exception innerException)
        : base(message, innerException) => Problem = CpufreqProblem.Failed;

    /// <summary>Makes an exception.</summary>
    /// <param name="problem">Kind of problem.</param>
    /// <param name="message">What was found, why, what to do.</param>
    /// <param name="innerException">Cause.</param>
    public CpufreqException(CpufreqProblem problem, string message, Exception? innerException = null)
        : base(message, innerException) => Problem = problem;

    /// <summary>Kind of problem.</summary>
    public CpufreqProblem Problem { get; }
}
