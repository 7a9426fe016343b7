namespace PollScale.HostStub.Bench;

/// <summary>Speed of the same poll loop in the guest and on the host, in alternating rounds on the same CPU.</summary>
internal static class PollBench
{
    private const double LeastSpeed = 0.97;

    public static IEnumerable<BenchResult> Run(BenchGuest guest, int rounds, Action<string> progress)
    {
        List<double> inGuest = [], onHost = [];
        for (int round = 1; round <= rounds; round++)
        {
            progress($"poll loop: round {round} of {rounds}");
            onHost.Add(guest.RunOnHost("bench-loop")["ticks_per_iteration_min"]);
            inGuest.Add(guest.RunInVm("bench-loop")["ticks_per_iteration_min"]);
        }

        // Speed is the inverse of ticks; the best round of each is what the loop costs undisturbed.
        double speed = onHost.Min() / inGuest.Min();
        yield return new BenchResult("poll loop speed, guest against host", speed, 1, "x", $"at least {LeastSpeed}", speed >= LeastSpeed);
    }
}
