namespace PollScale.Lab.Image;

/// <summary>Where the lab's files lie in the checkout.</summary>
internal static class LabFolders
{
    private static readonly string[] s_testPrograms = ["HostStub.Tests", "PollScale.MicroVm.Tests", "PollScale.Control.Tests"];

    private static readonly Lazy<string> s_root = new(FindRoot);

    /// <summary>Unpacked kernel packages, a folder a meta-package.</summary>
    public static string Kernels => Path.Combine(s_root.Value, "artifacts/lab/kernels");

    /// <summary>The kernel module as ./test builds it, a folder a meta-package of headers.</summary>
    public static string OwnModules => Path.Combine(s_root.Value, "artifacts/lab/modules");

    /// <summary>Images built, named by what they were built from.</summary>
    public static string Images => Directory.CreateDirectory(Path.Combine(s_root.Value, "artifacts/lab/images")).FullName;

    /// <summary>Serial logs.</summary>
    public static string Logs => Directory.CreateDirectory(Path.Combine(s_root.Value, "artifacts/log/lab")).FullName;

    /// <summary>The test programs as ./test publishes them for the lab, a folder each, hoststub in the first. What several have is the same.</summary>
    public static string[] PublishedTests => [.. s_testPrograms.Select(name => Path.Combine(s_root.Value, $"artifacts/publish/{name}/release_linux-x64"))];

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sdk.sln")))
            {
                return folder.FullName;
            }
        }

        throw new LabException("The lab runs in a checkout of the repository; this program lies in none.");
    }
}
