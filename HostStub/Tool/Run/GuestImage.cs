using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Run;

/// <summary>Where the sample guest lies when none is named.</summary>
internal static class GuestImage
{
    private const string Name = "queuescaler";
    private const string Published = "artifacts/publish/queuescaler/release_linux-x64/queuescaler";

    /// <summary>The ELF beside hoststub, else the one published in this checkout; a path beside hoststub when there is neither.</summary>
    public static string Default()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, Name);
        try
        {
            return File.Exists(beside) ? beside : RepositoryFiles.Find(Published);
        }
        catch (GuestSetupException)
        {
            return beside;
        }
    }
}
