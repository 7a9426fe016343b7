namespace PollScale.HostStub.Bench;

/// <summary>Time from creating a VM to the guest's Main: the first of this process, then those that follow.</summary>
internal static class BootBench
{
    private const double MostColdMs = 150, MostWarmMs = 25;

    public static IEnumerable<BenchResult> Run(BenchGuest guest, int rounds, Action<string> progress)
    {
        progress("boot: cold");
        double cold = guest.RunInVm("boot")["boot_ms"];
        yield return new BenchResult("VM create to Main, first VM", cold, null, "ms", $"at most {MostColdMs}", cold <= MostColdMs);

        progress("boot: second VM");
        double second = guest.RunInVm("boot")["boot_ms"];
        yield return new BenchResult("VM create to Main, second VM", second, null, "ms", $"at most {MostWarmMs}", second <= MostWarmMs);

        List<double> warm = [];
        for (int round = 1; round <= rounds; round++)
        {
            progress($"boot: warm {round} of {rounds}");
            warm.Add(guest.RunInVm("boot")["boot_ms"]);
        }

        double median = BenchResult.Median(warm);
        yield return new BenchResult("VM create to Main, later VMs, median", median, null, "ms", $"at most {MostWarmMs}", median <= MostWarmMs);
    }
}
