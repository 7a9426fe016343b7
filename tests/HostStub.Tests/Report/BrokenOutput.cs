using System.Text;
using Spectre.Console;

namespace PollScale.HostStub.Tests.Report;

/// <summary>A terminal that takes text, and of whose size something is wrong.</summary>
internal sealed class BrokenOutput(TextWriter writer, int? width, int? height) : IAnsiConsoleOutput
{
    public TextWriter Writer => writer;

    public bool IsTerminal => true;

    public int Width => width ?? throw new IOException("it is on fire.");

    public int Height => height ?? throw new IOException("it is on fire.");

    public void SetEncoding(Encoding encoding)
    {
    }
}
