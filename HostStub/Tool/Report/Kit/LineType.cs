namespace PollScale.HostStub.Report.Kit;

/// <summary>Kinds of JSON lines, of every command.</summary>
internal enum LineType
{
    /// <summary>What is about to be done. The first line, where there is one.</summary>
    Start,

    /// <summary>One measurement, or the state at one moment.</summary>
    Sample,

    /// <summary>A step of a series: what was in so short a time.</summary>
    Step,

    /// <summary>What is in force has been replaced.</summary>
    Change,

    /// <summary>What the operator should know.</summary>
    Notice,

    /// <summary>How it went. The last line, also of a command that was refused or failed.</summary>
    Summary,
}
