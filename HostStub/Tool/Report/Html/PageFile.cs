using PollScale.Native;
using PollScale.Programs;

namespace PollScale.HostStub.Report.Html;

/// <summary>The file that --report names. It is begun before the run, so that what cannot be written is known then, and takes its name when it is whole.</summary>
internal sealed class PageFile : IDisposable
{
    /// <summary>The option that names it, of every command that has it.</summary>
    public const string Option = "--report";

    private const uint Mode = 0b110_100_000; // rw-r-----, as the audit log's
    private readonly ReplacedFile _file;

    /// <summary>Begins it.</summary>
    /// <param name="path">Its name.</param>
    /// <exception cref="UsageException">It cannot be made there; nothing has changed then.</exception>
    public PageFile(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new UsageException($"{Option} takes the path of a file.");
        }

        try
        {
            _file = new ReplacedFile(path, Mode);
        }
        catch (IOException e)
        {
            throw new UsageException($"Cannot write {Option} {SafeText.Line(path)}: {e.Message}", e);
        }
    }

    /// <summary>Its full path.</summary>
    public string Path => _file.Path;

    /// <summary>Begins it where one is asked for.</summary>
    /// <exception cref="UsageException">It cannot be made there.</exception>
    public static PageFile? Begin(string? path) => path is null ? null : new PageFile(path);

    /// <summary>Writes the page and gives the file its name.</summary>
    /// <exception cref="IOException">It cannot be written; the message says so in full.</exception>
    public void Write(ReportPage page)
    {
        try
        {
            using MemoryStream whole = new();
            PageHtml.Write(whole, page);
            RandomAccess.Write(_file.Handle, whole.GetBuffer().AsSpan(0, (int)whole.Length), 0);
            _file.Complete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Cannot write {Option} {SafeText.Line(Path)}: {e.Message}", e);
        }
    }

    /// <summary>Writes the page of a command whose results are shown nevertheless, and says where it is, or why not.</summary>
    /// <param name="page">The page.</param>
    /// <param name="code">What the command came to.</param>
    /// <param name="tell">Takes the line.</param>
    /// <returns>That, or that the machine could not do it.</returns>
    public ExitCode Show(ReportPage page, ExitCode code, Action<string> tell)
    {
        try
        {
            Write(page);
            tell($"hoststub: {SafeText.Line(Path)} shows the results.");
            return code;
        }
        catch (IOException e)
        {
            tell($"hoststub: {SafeText.Line(e.Message)}");
            return code == ExitCode.Ok ? ExitCode.Environment : code;
        }
    }

    /// <summary>Ends; without a page nothing is left.</summary>
    public void Dispose() => _file.Dispose();
}
