using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Tests.Hostile;

/// <summary>How a guest shall end.</summary>
/// <param name="Guest">Source in tests/Guests.</param>
/// <param name="Arguments">Its arguments, blank-separated.</param>
/// <param name="End">Kind of end.</param>
/// <param name="Causes">Fragments of which the cause holds at least one.</param>
/// <param name="Or">Another end that this host may give instead.</param>
internal sealed record Expected(string Guest, string Arguments, GuestEnd End, string[] Causes, Expected? Or = null)
{
    public static Expected Exits(string guest, string arguments, int status = 0) =>
        new(guest, arguments, GuestEnd.Exited, [$"The guest exited with status {status}."]);

    public static Expected Dies(string guest, string arguments, params string[] causes) => new(guest, arguments, GuestEnd.Failed, causes);

    public Expected OrDies(params string[] causes) => this with { Or = Dies(Guest, Arguments, causes) };

    public bool Matches(GuestOutcome outcome) =>
        (outcome.End == End && Array.Exists(Causes, c => outcome.Cause.Contains(c, StringComparison.Ordinal))) || Or?.Matches(outcome) == true;

    public override string ToString() => $"{Guest} {Arguments}";
}
