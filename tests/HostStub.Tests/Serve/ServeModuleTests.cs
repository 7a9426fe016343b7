using System.Text.Json;
using PollScale.HostStub.Channels.Module;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>`hoststub serve` with guests of the kernel module on a machine that has none: it serves on, and says what is missing. With the module: the nested lab.</summary>
public sealed class ServeModuleTests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void What_is_missing_is_told_once_and_in_the_report_and_a_reload_ends_it()
    {
        Assert.SkipWhen(ModuleDevice.WhyNot() is null, "The module is loaded here.");
        using ServeProcess serve = new("--policy", Write("    process: 1\n    hypercall: module\n"));
        Assert.Equal("module:/dev/pollscale", Channel(serve.Start).GetProperty("endpoint").GetString());
        Assert.Contains("a vCPU 0: its hypercalls are not answered by the kernel module: /dev/pollscale is not there", serve.Notice("not answered by the kernel module"), StringComparison.Ordinal);

        Write("");
        Assert.Contains("with 0 channels", serve.Reload(), StringComparison.Ordinal);
        Assert.Equal("", serve.EndTelling());
    }

    [Fact]
    public void Its_channel_says_why_it_is_not_granted()
    {
        Assert.SkipWhen(ModuleDevice.WhyNot() is null, "The module is loaded here.");
        using ServeProcess serve = new("--policy", Write("    process: 1\n    hypercall: module\n"));
        serve.Notice("not answered by the kernel module");
        JsonElement channel = serve.End();
        Assert.Equal((false, ModuleDevice.WhyNot()), (channel.GetProperty("connected").GetBoolean(), channel.GetProperty("problem").GetString()));
        Assert.Equal((0, 0), (channel.GetProperty("hypercalls").GetInt32(), channel.GetProperty("hypercalls_lost").GetInt32()));
    }

    private static JsonElement Channel(JsonElement line) => Assert.Single(line.GetProperty("channels").EnumerateArray());

    private string Write(string more) => _tree.Write("p.yaml", $"version: 1\nguests:\n  - name: a\n    control: true\n{more}    vcpus: [{{vcpu: 0, pcpu: 0}}]\n");
}
