using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Run;

/// <summary>Where a guest of ours lies when none is named.</summary>
internal static class GuestImage
{
    private const string Sample = "queuescaler", Instruments = "guestprobe";

    /// <summary>The sample forwarder: the ELF beside hoststub, else the one published in this checkout; a path beside hoststub when there is neither.</summary>
    public static string Default() => Find(Sample);

    /// <summary>The instruments of tests and benches, found in the same way.</summary>
    public static string Probe() => Find(Instruments);

    private static string Find(string name)
    {
        string beside = Path.Combine(AppContext.BaseDirectory, name);
        try
        {
            return File.Exists(beside) ? beside : RepositoryFiles.Find($"artifacts/publish/{name}/release_linux-x64/{name}");
        }
        catch (GuestSetupException)
        {
            return beside;
        }
    }
}
