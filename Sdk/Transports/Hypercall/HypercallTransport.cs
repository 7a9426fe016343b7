using System.ComponentModel;
using PollScale.Hypercall;
using PollScale.Native;

namespace PollScale.Transports;

/// <summary>Calls that leave the VM by a doorbell: the hypercall instruction, a port read or an MMIO read. Make and use it on one thread.</summary>
internal sealed class HypercallTransport : IFrequencyTransport
{
    private const string PhysicalMemory = "/dev/mem";
    private readonly IDoorbell _doorbell;
    private readonly MappedStatusPage? _statusPage;

    internal HypercallTransport(IDoorbell doorbell, PStateTable pStates, bool controlGranted, bool emulated, MappedStatusPage? statusPage)
    {
        _doorbell = doorbell;
        _statusPage = statusPage;
        PStates = pStates;
        ControlGranted = controlGranted;
        Emulated = emulated;
        int count = HelloCheck.Run(Call, doorbell.Name);
        if (count != pStates.Count)
        {
            throw new MalformedHostInterfaceException($"The host describes {pStates.Count} P-states, but answers Hello with {count}. Update the host stub.");
        }
    }

    /// <inheritdoc/>
    public string Doorbell => _doorbell.Name;

    /// <inheritdoc/>
    public PStateTable PStates { get; }

    /// <inheritdoc/>
    public bool ControlGranted { get; }

    /// <inheritdoc/>
    public bool Emulated { get; }

    /// <inheritdoc/>
    public uint StretchQ16 => _statusPage?.StretchQ16 ?? StatusPageLayout.StretchOne;

    /// <summary>Opens the doorbell a host offers in CPUID.</summary>
    /// <param name="host">What <see cref="CpuidDiscovery"/> found.</param>
    /// <param name="doorbell">One doorbell, and only that; None takes the first that opens of hypercall, port, mmio.</param>
    /// <exception cref="FrequencyControlUnavailableException">No such doorbell is offered or can be opened.</exception>
    public static HypercallTransport Open(HostInterface host, Doorbells doorbell = Doorbells.None)
    {
        ArgumentNullException.ThrowIfNull(host);
        IDoorbell opened = DoorbellChooser.Open(host, doorbell, Cpuid.Read, PhysicalMemory);
        MappedStatusPage? statusPage = null;
        try
        {
            statusPage = OpenStatusPage(host);
            return new HypercallTransport(opened, host.PStates, host.ControlGranted, host.Emulated, statusPage);
        }
        catch
        {
            statusPage?.Dispose();
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Opens the hypercall of a host that shows nothing in CPUID, after a probe in a child process found that it answers.</summary>
    /// <exception cref="FrequencyControlUnavailableException">The instruction is unusable here.</exception>
    public static HypercallTransport OpenByProbe()
    {
        ProbeResult probe = HypercallDoorbell.Probe(Cpuid.Read);
        if (probe.Outcome != ProbeOutcome.Usable)
        {
            throw new FrequencyControlUnavailableException($"The hypercall instruction, tried in a child process, was {probe}.");
        }

        HypercallDoorbell doorbell = new(Cpuid.Read);
        PStateTable pStates = CallDiscovery.ReadTable(call => new FrequencyReply(doorbell.Ring(call)), doorbell.Name);
        return new HypercallTransport(doorbell, pStates, controlGranted: true, emulated: false, statusPage: null);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A port or MMIO doorbell carries 6 bits of argument: a longer Step is sent as GetPState and SetPState, any other argument that
    /// does not fit is answered <see cref="FrequencyStatus.Invalid"/> without leaving the guest.
    /// </remarks>
    public FrequencyReply Call(FrequencyCall call)
    {
        if (!_doorbell.NeedsEncoding || call.IsEncodable)
        {
            return new FrequencyReply(_doorbell.Ring(call));
        }

        if (call.Op != FrequencyOp.Step)
        {
            return new FrequencyReply(CallMeaning.IsKnown(call.Op) ? FrequencyStatus.Invalid : FrequencyStatus.UnknownCall);
        }

        FrequencyReply current = Call(new FrequencyCall(FrequencyOp.GetPState));
        return current.IsError ? current
            : Call(new FrequencyCall(FrequencyOp.SetPState, PStates.Clamp(CallMeaning.Asked(call, PStates, (int)Math.Min(current.Value, PStates.Count)))));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _doorbell.Dispose();
        _statusPage?.Dispose();
    }

    private static MappedStatusPage? OpenStatusPage(HostInterface host)
    {
        if (host.StatusPage == 0)
        {
            return host.Emulated
                ? throw new MalformedHostInterfaceException("The host emulates P-states but shows no status page to tell the stretch. Update the host stub.")
                : null;
        }

        try
        {
            return MappedStatusPage.FromPhysical(PhysicalMemory, host.StatusPage);
        }
        catch (Win32Exception exception) when (host.Emulated)
        {
            throw new FrequencyControlUnavailableException(
                $"The host emulates P-states, so their effect is told by its status page, which could not be opened: {exception.Message} "
                + $"It needs root and a kernel that lets {PhysicalMemory} map it.", exception);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
