using System.Text;
using PollScale.Programs;

namespace PollScale.HostStub.Lifetime;

/// <summary>Standard output and error of this process, put in the place of System.Console's.</summary>
internal sealed class StandardStreams
{
    private const int OutputFd = 1, ErrorFd = 2;
    private readonly Func<string?> _problem;
    private readonly Action _tellClosed;
    private readonly Action _throw;
    private readonly Interrupt _interrupt;
    private volatile bool _ends;
    private volatile bool _outlives;

    /// <param name="interrupt">Raised when standard output fails while a command runs that shows something, so that it ends in order.</param>
    public StandardStreams(Interrupt interrupt)
    {
        _interrupt = interrupt;
        Console.SetError(Writer(new StandardStream(ErrorFd, null)));
        StandardStream output = new(OutputFd, OutputFailed);
        _problem = () => output.Problem;
        _tellClosed = output.TellClosed;
        _throw = () => output.Throws = true;
        Console.SetOut(Writer(output));
        output.Probe();
    }

    /// <summary>A command whose work is to show something: it does not begin where nothing can be shown, and ends when nothing can any more.</summary>
    public Func<T, ExitCode> Ending<T>(Func<T, ExitCode> command) => options =>
    {
        _ends = true;
        _tellClosed();
        return _problem() is null ? command(options) : ExitCode.Output;
    };

    /// <summary>A command that goes on without standard output, and finds out itself: a daemon.</summary>
    public Func<T, ExitCode> Outliving<T>(Func<T, ExitCode> command) => options =>
    {
        _outlives = true;
        _throw();
        return command(options);
    };

    /// <summary>The exit code of a command that ended with another, now that all is written.</summary>
    public int Code(int code)
    {
        Console.Out.Flush();
        return _problem() is null || _outlives || code is not ((int)ExitCode.Ok or (int)ExitCode.Interrupted) ? code : (int)ExitCode.Output;
    }

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    private void OutputFailed(string problem)
    {
        Console.Error.WriteLine($"hoststub: standard output cannot be written: {problem}. Nothing more is shown, and what runs ends now.");
        if (_ends)
        {
            _interrupt.Raise();
        }
    }
}
