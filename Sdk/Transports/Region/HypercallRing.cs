using PollScale.Native;
using PollScale.Region;

namespace PollScale.Transports;

/// <summary>Whether a slot is rung for by the hypercall instruction, and why not. A probe decides before it is executed; rings that nobody hears end it.</summary>
internal sealed class HypercallRing
{
    /// <summary>Rings in a row without an echo after which it is given up.</summary>
    public const int MostMissed = 3;

    private const string Instead = "The doorbell of the shared page rings instead.";
    private readonly HypercallAccess _access;
    private readonly ProbeResult _probe;
    private readonly bool _wanted;
    private int _missed;

    /// <param name="wanted">It is asked for: the instruction is tried in a child process now.</param>
    /// <param name="access">The instruction.</param>
    public HypercallRing(bool wanted, HypercallAccess access)
    {
        (_wanted, _access) = (wanted, access);
        _probe = wanted ? access.Try() : default;
    }

    /// <summary>It rings now.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Why not, though it is asked for; null where it does, or is not.</summary>
    public string? Note { get; private set; }

    /// <summary>Takes in what a host's header says.</summary>
    public void Adopt(RegionFlags flags)
    {
        bool isSafe = _probe.Outcome is ProbeOutcome.Usable or ProbeOutcome.Refused, isObserved = (flags & RegionFlags.HypercallsObserved) != 0;
        _missed = 0;
        IsUsed = _wanted && isSafe && isObserved;
        Note = !_wanted || IsUsed ? null
            : !isObserved ? $"The host does not observe hypercalls of this VM: hypercall: observed in its policy, and hoststub doctor --for serve there. {Instead}"
            : $"The hypercall instruction, tried in a child process, was {_probe}. {Instead}";
    }

    /// <summary>Rings for a request that stands in the slot.</summary>
    /// <returns>False where the doorbell has to.</returns>
    public bool TryRing(RequestWord request)
    {
        if (IsUsed)
        {
            _access.Execute(request.Call, request.Sequence);
        }

        return IsUsed;
    }

    /// <summary>A ring was heard.</summary>
    public void Heard() => _missed = 0;

    /// <summary>A ring brought no echo in time.</summary>
    public void Missed()
    {
        if (++_missed >= MostMissed)
        {
            IsUsed = false;
            Note = $"{MostMissed} hypercalls in a row brought no answer in time: the host sees no hypercalls of this VM (Hyper-V enlightenments, SEV-ES), or is slow. {Instead}";
        }
    }
}
