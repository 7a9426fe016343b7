using System.Text.Json;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>
/// Fewer packets than the ring holds, so that a machine that stops QEMU for a while loses none either; their work is heavy, so that the
/// slowest P-state cannot carry them.
/// </summary>
[Collection(XenMachine.Collection)]
public class Traffic(XenMachine machine)
{
    [Theory]
    [InlineData("hypercall")]
    [InlineData("port")]
    [InlineData("mmio")]
    public void No_packet_is_lost_and_the_speed_follows_the_traffic(string doorbell)
    {
        JsonElement run = machine.Run($"hoststub demo --guest $guest --doorbell {doorbell} --json --traffic step:low=1kpps,high=30kpps,at=500ms,for=350ms --duration 1500ms -- --work-ns 20000").Expect().Summary;

        Assert.Equal(doorbell, run.GetProperty("doorbell").GetString());
        long offered = run.GetProperty("offered").GetInt64();
        Assert.True(offered > 10_000, $"{offered} packets were offered");
        Assert.Equal(offered, run.GetProperty("forwarded").GetInt64());
        Assert.Equal(0, run.GetProperty("out_of_order").GetInt64());
        Assert.True(run.GetProperty("accounted").GetBoolean());
        Assert.True(run.GetProperty("calls").GetProperty("granted").GetInt64() >= 4, run.ToString());
        Assert.True(run.GetProperty("transitions").GetInt64() >= 2, run.ToString());
        Assert.True(run.GetProperty("energy_saved_percent").GetDouble() > 5, run.ToString());
        Assert.True(run.GetProperty("delay_us").GetProperty("p99").GetDouble() > 0, "the guest's clock is not the host's");
        Assert.Equal(JsonValueKind.Number, run.GetProperty("boot_ms").ValueKind);
    }
}
