namespace PollScale.Tests.Shared;

/// <summary>A file, and everything that another user may put in the place of one.</summary>
internal sealed class HostileFiles : IDisposable
{
    private readonly TemporaryTree _tree = new();

    /// <summary>Makes them.</summary>
    /// <param name="content">Of the files that have some.</param>
    public HostileFiles(string content)
    {
        string plain = _tree.Write("plain", content);
        Shell.Run("mkfifo", Of("fifo"));
        File.CreateSymbolicLink(Of("link"), _tree.Write("elsewhere/target", content));
        Shell.Run("ln", plain, Of("hard"));
        Directory.CreateDirectory(Of("folder"));
        Shell.Run("chmod", "0666", _tree.Write("everybodys", content));
        Shell.Run("chmod", "0777", Path.GetDirectoryName(_tree.Write("shared/everybodys-folder", content))!);
        using FileStream huge = File.Create(Of("huge"));
        huge.SetLength(1L << 40); // sparse
    }

    /// <summary>Path of one: plain, fifo, link, hard, folder, device, everybodys, everybodys-folder, huge or missing.</summary>
    public string Of(string kind) => kind switch
    {
        "device" => "/dev/zero",
        "everybodys-folder" => Path.Combine(_tree.Root, "shared", kind),
        _ => Path.Combine(_tree.Root, kind),
    };

    public void Dispose() => _tree.Dispose();
}
