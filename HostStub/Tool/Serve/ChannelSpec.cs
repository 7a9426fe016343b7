using System.Globalization;
using PollScale.HostStub.Daemon.Endpoints;
using PollScale.Native;

namespace PollScale.HostStub.Serve;

/// <summary>A channel as the command line names it.</summary>
/// <param name="Guest">Name of the guest.</param>
/// <param name="Vcpu">Its vCPU.</param>
/// <param name="Kind">How the other end is reached.</param>
/// <param name="Path">Where.</param>
internal sealed record ChannelSpec(string Guest, int Vcpu, EndpointKind Kind, string Path)
{
    private const int LongestName = 31;
    private const int LastVcpu = 4095;

    /// <summary>Reads NAME:VCPU:KIND:PATH.</summary>
    /// <returns>A complaint that names the valid form, or null.</returns>
    public static string? Read(string text, out ChannelSpec? spec)
    {
        spec = null;
        string[] parts = text.Split(':', 4);
        if (parts.Length < 4 || parts[3].Length == 0)
        {
            return "NAME:VCPU:KIND:PATH, such as vm0:0:connect:/run/vm0/poweragent.0";
        }

        if (parts[0].Length is 0 or > LongestName || parts[0].Any(c => c is <= ' ' or > '~'))
        {
            return $"a guest's name of 1 to {LongestName} printable ASCII characters before the first colon";
        }

        if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int vcpu) || vcpu > LastVcpu)
        {
            return $"a vCPU from 0 to {LastVcpu} after the guest's name";
        }

        EndpointKind[] kinds = Enum.GetValues<EndpointKind>();
        int kind = Array.FindIndex(kinds, k => k.ToString().Equals(parts[2], StringComparison.OrdinalIgnoreCase));
        if (kind < 0)
        {
            return "connect, listen, device or pty after the vCPU";
        }

        if (kinds[kind] is EndpointKind.Connect or EndpointKind.Listen && System.Text.Encoding.UTF8.GetByteCount(parts[3]) > UnixSocket.LongestPath)
        {
            return $"a socket's path of at most {UnixSocket.LongestPath} bytes";
        }

        spec = new ChannelSpec(parts[0], vcpu, kinds[kind], parts[3]);
        return null;
    }
}
