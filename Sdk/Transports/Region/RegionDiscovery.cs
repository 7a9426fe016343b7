namespace PollScale.Transports;

/// <summary>Finds the device whose memory is a region.</summary>
internal static class RegionDiscovery
{
    private const string Vendor = "0x1af4", Device = "0x1110";
    private const string Give = "Give the VM the page on its host: shmem: for this guest in the policy of hoststub serve, and `hoststub guest` prints what to add to the VM (docs/operating.md).";

    /// <summary>Folders of the shared-memory devices (ivshmem), in order.</summary>
    /// <param name="root">Folder that stands for "/".</param>
    public static IReadOnlyList<string> Devices(string root)
    {
        string bus = Path.Join(root.TrimEnd('/'), "/sys/bus/pci/devices");
        try
        {
            return !Directory.Exists(bus) ? [] : [.. Directory.EnumerateFileSystemEntries(bus)
                .Where(device => Read(device, "vendor") == Vendor && Read(device, "device") == Device)
                .Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // a container may hide it
        }
    }

    /// <summary>Opens the first device whose memory is a region.</summary>
    /// <param name="root">Folder that stands for "/".</param>
    /// <exception cref="RegionUnavailableException">There is none, or none that this user may use.</exception>
    public static RegionDevice Open(string root)
    {
        IReadOnlyList<string> devices = Devices(root);
        RegionUnavailableException? refused = null;
        foreach (string device in devices)
        {
            try
            {
                if (RegionDevice.TryOpen(device) is { } found)
                {
                    return found;
                }
            }
            catch (RegionUnavailableException exception)
            {
                refused ??= exception;
            }
        }

        throw refused ?? (devices.Count == 0
            ? new RegionUnavailableException("This machine has no shared-memory device (PCI 1af4:1110).", Give)
            : new RegionUnavailableException(
                $"{string.Join(", ", devices.Select(Path.GetFileName))}: no shared page of a PollScale host. The memory is another program's, or the device is off.",
                $"Try echo 1 > {devices[0]}/enable as root. {Give}"));
    }

    private static string Read(string device, string name)
    {
        try
        {
            return File.ReadAllText(Path.Join(device, name)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // unplugged meanwhile
        }
    }
}
