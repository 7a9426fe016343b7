using System.ComponentModel;
using PollScale.Native;

namespace PollScale.HostStub.Daemon.Endpoints;

/// <summary>A character device, such as the pty of QEMU's -chardev pty. A terminal is made raw.</summary>
internal sealed class DeviceEndpoint(string path) : IChannelEndpoint
{
    public string Name => $"device:{path}";

    public StreamDescriptor? Listener => null;

    public void Prepare()
    {
    }

    public StreamDescriptor? TryOpen(out string? problem)
    {
        try
        {
            problem = null;
            return StreamDescriptor.OpenDevice(path);
        }
        catch (Win32Exception e)
        {
            problem = e.Message;
            return null;
        }
    }

    public void Dispose()
    {
    }
}
