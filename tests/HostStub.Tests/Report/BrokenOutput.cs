using System.Text;
using Spectre.Console;

namespace PollScale.HostStub.Tests.Report;

/// <summary>A terminal that takes text, and whose size nobody can ask for.</summary>
internal sealed class BrokenOutput(TextWriter writer) : IAnsiConsoleOutput
{
    public TextWriter Writer => writer;

    public bool IsTerminal => true;

    public int Width => throw new IOException("it is on fire.");

    public int Height => throw new IOException("it is on fire.");

    public void SetEncoding(Encoding encoding)
    {
    }
}
