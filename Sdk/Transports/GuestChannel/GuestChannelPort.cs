using System.ComponentModel;
using PollScale.GuestChannel;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>Finds and opens the virtio-serial port of an lcore.</summary>
internal static class GuestChannelPort
{
    private const string Remedy = "Give the VM a virtserialport of that name, or name the device by GuestChannelOptions.Path.";

    /// <summary>The device of an lcore's port: by its name under /dev/virtio-ports, which udev makes, else by the names in sysfs.</summary>
    /// <exception cref="FrequencyControlUnavailableException">There is none.</exception>
    public static string Find(string root, int lcore)
    {
        string name = $"{GuestChannelAbi.PortPrefix}{lcore}";
        root = root.TrimEnd('/');
        string byName = Path.Join(root, GuestChannelAbi.PortFolder, name);
        if (File.Exists(byName))
        {
            return byName;
        }

        List<string> others = [];
        string sysfs = Path.Join(root, "/sys/class/virtio-ports");
        foreach (string port in Directory.Exists(sysfs) ? Directory.EnumerateFileSystemEntries(sysfs) : [])
        {
            string found = ReadName(Path.Join(port, "name"));
            if (found == name)
            {
                return Path.Join(root, "/dev", Path.GetFileName(port));
            }

            others.Add(found.Length > 0 ? found : Path.GetFileName(port));
        }

        throw new FrequencyControlUnavailableException(
            $"This VM has no virtio-serial port {name}: neither {byName} nor a name in {sysfs}{(others.Count > 0 ? $", which has {string.Join(", ", others.Order())}" : "")}. {Remedy}");
    }

    /// <summary>Opens a port without blocking.</summary>
    /// <exception cref="FrequencyControlUnavailableException">It cannot be opened.</exception>
    public static StreamDescriptor Open(string path)
    {
        try
        {
            return StreamDescriptor.OpenDevice(path);
        }
        catch (Win32Exception exception)
        {
            string why = exception.NativeErrorCode switch
            {
                LibC.EBUSY => " Another program has the port open; it takes one.",
                LibC.EACCES or LibC.EPERM => " Give the user access to the device, as by a udev rule with GROUP=.",
                LibC.ENXIO => " It is no device: a unix socket is the host's end, the guest opens a port.",
                _ => "",
            };
            throw new FrequencyControlUnavailableException($"The guest channel could not be opened: {exception.Message}{why}", exception);
        }
    }

    private static string ReadName(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // unplugged meanwhile, or a port without a name
        }
    }
}
