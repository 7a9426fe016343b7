using PollScale.HostStub.Kvm;

namespace PollScale.HostStub.Run;

/// <summary>Asks once whether /dev/kvm can be used.</summary>
internal static class KvmProbe
{
    /// <summary>Why not, with the remedy; null when it can.</summary>
    public static string? Problem()
    {
        try
        {
            KvmSystem.Open().Dispose();
            return null;
        }
        catch (KvmException e)
        {
            return e.Message;
        }
    }
}
