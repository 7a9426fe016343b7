using System.Text.Json;
using PollScale.HostStub.Placement;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Tests.Shared;
using PollScale.Tests.Shared.Control;
using PollScale.Tests.Shared.Tool;
using Xunit;

namespace PollScale.HostStub.Tests.Serve;

/// <summary>`hoststub serve` with a guest's shared page, as a program.</summary>
public sealed class ServeRegionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_vm_is_served_by_the_policy_and_reported()
    {
        string policy = Policy("    fastest: 1\n    process: " + Environment.ProcessId + "\n");
        using ServeProcess serve = new("--policy", policy);
        Assert.Equal(("shmem:" + At("shmem"), false), (Channel(serve.Start, 0).GetProperty("endpoint").GetString(), Channel(serve.Start, 0).GetProperty("connected").GetBoolean()));
        using IvshmemPeer vm = new(At("shmem"), 2);
        Assert.Equal(1u, vm.Header(RegionLayout.FastestAllowedField));

        // The policy's process is this one, which has no thread of a vCPU's name: not pinned, so not granted.
        Assert.Equal((uint)RegionFlags.Emulated, vm.Header(RegionLayout.FlagsField));
        Assert.Equal(FrequencyStatus.Denied, vm.Ask(0, new FrequencyCall(FrequencyOp.Max)).Status);
        Policy("    fastest: 1\n");
        Assert.Contains("is in force", serve.Reload(), StringComparison.Ordinal);
        Assert.Equal(new FrequencyReply(1), vm.Ask(0, new FrequencyCall(FrequencyOp.Max)));
        ChannelLab.Until(() => vm.Header(RegionLayout.FlagsField) == (uint)(RegionFlags.ControlGranted | RegionFlags.Emulated), "the header does not tell what is granted");
        ulong nonce = vm.Nonce;
        Policy("    fastest: 2\n");
        Assert.Contains("is in force", serve.Reload(), StringComparison.Ordinal);
        ChannelLab.Until(() => vm.Nonce is not 0 and var now && now != nonce, "the header is not written anew");
        Assert.Equal(2u, vm.Header(RegionLayout.FastestAllowedField));
        Assert.Equal(new FrequencyReply(2), vm.Ask(1, new FrequencyCall(FrequencyOp.Max)));
        serve.Signal(LibC.SIGTERM);
        JsonElement end = serve.Next("summary");
        Assert.Equal((true, 1, 1), (Channel(end, 0).GetProperty("connected").GetBoolean(), Channel(end, 0).GetProperty("acks").GetInt32(), Channel(end, 1).GetProperty("acks").GetInt32()));
        Assert.Contains("its VM loses the region", end.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal((0, ""), serve.WaitForEnd());
        Assert.False(File.Exists(At("shmem")));
    }

    [Fact]
    public void Threads_that_vms_wait_for_come_first_but_one_that_spins()
    {
        Assert.SkipUnless(ThreadPlacement.IsPermitted(SchedulingClass.Nice), "This process may not raise its threads' priority: run as root, or ulimit -e 40.");
        File.WriteAllText(At("policy.yaml"), $"version: 1\nguests:\n  - name: vm0\n    shmem: {{listen: {At("shmem")}}}\n    vcpus: [{{vcpu: 0, pcpu: 0}}]\n  - name: vm1\n    shmem: {{listen: {At("spins")}, poll: true}}\n    vcpus: [{{vcpu: 0, pcpu: 1}}]\n");
        using ServeProcess serve = new("--policy", At("policy.yaml"));
        Dictionary<string, string> nice = Directory.GetDirectories($"/proc/{serve.Pid}/task").Select(task => File.ReadAllText($"{task}/stat"))
            .DistinctBy(Name).ToDictionary(Name, stat => stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16]);
        Assert.Equal(("-20", "0"), (nice["channels 0"], nice["spinning"]));
        Assert.All(nice.Where(thread => !thread.Key.StartsWith("channels", StringComparison.Ordinal)), thread => Assert.Equal("0", thread.Value));

        static string Name(string stat) => stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];
    }

    [Fact]
    public void A_restart_keeps_vms_with_a_service_manager()
    {
        using ServiceManager manager = new(At("notify"));
        ServeProcess serve = ServeProcess.Given([], manager.Environment, "--policy", Policy(""));
        using IvshmemPeer vm = new(At("shmem"), 2);
        Assert.Equal(new FrequencyReply(3), vm.Ask(1, new FrequencyCall(FrequencyOp.SetPState, 3)));
        for (int restart = 0; restart < 4; restart++)
        {
            ulong nonce = vm.Nonce;
            ChannelLab.Until(() => manager.Kept.Count == 4, $"{manager.Kept.Count} of 4 descriptors are kept");
            if (restart % 2 == 0)
            {
                serve.Kill();
            }
            else
            {
                Assert.Equal("", serve.EndTelling());
            }

            serve.Dispose();
            uint waits = vm.Post(0, new FrequencyCall(FrequencyOp.SetPState, restart)); // nobody is there
            serve = ServeProcess.Given(manager.Kept, manager.Environment, "--policy", At("policy.yaml"));
            Assert.True(Channel(serve.Start, 0).GetProperty("connected").GetBoolean());
            ChannelLab.Until(() => vm.Echo(0) == waits, "what was asked meanwhile is not answered");
            Assert.Equal(new FrequencyReply(restart), vm.Result(0));
            ChannelLab.Until(() => vm.Nonce is not 0 and var now && now != nonce, "the header is not written anew");

            // Steps count once, whoever is there.
            vm.Ask(1, new FrequencyCall(FrequencyOp.SetPState, 4));
            Assert.Equal(new FrequencyReply(3), vm.Ask(1, new FrequencyCall(FrequencyOp.Step, 1)));
        }

        vm.Dispose();
        ChannelLab.Until(() => manager.Kept.Count == 0, $"{manager.Kept.Count} descriptors of a VM that has gone are kept");
        Assert.Equal("", serve.EndTelling());
        serve.Dispose();
    }

    [Fact]
    public void A_step_that_was_answered_is_not_taken_again_by_the_next_daemon()
    {
        using ServiceManager manager = new(At("notify"));
        using ServeProcess first = ServeProcess.Given([], manager.Environment, "--policy", Policy(""));
        using IvshmemPeer vm = new(At("shmem"), 2);
        vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, 4));
        uint step = vm.Post(0, new FrequencyCall(FrequencyOp.Step, 1));
        ChannelLab.Until(() => vm.Echo(0) == step, "the step is not answered");
        ChannelLab.Until(() => manager.Kept.Count == 4, $"{manager.Kept.Count} of 4 descriptors are kept");
        first.Kill();
        using ServeProcess second = ServeProcess.Given(manager.Kept, manager.Environment, "--policy", At("policy.yaml"));
        ulong beat = vm.Heartbeat;
        ChannelLab.Until(() => vm.Heartbeat != beat, "the heart does not beat");
        Assert.Equal(0, Channel(second.Start, 0).GetProperty("requests").GetInt32());
        second.Signal(LibC.SIGTERM);
        Assert.Equal(0, Channel(second.Next("summary"), 0).GetProperty("requests").GetInt32());
    }

    [Fact]
    public void A_daemon_killed_at_any_moment_leaves_its_vms_to_the_next_one()
    {
        int kills = int.TryParse(Environment.GetEnvironmentVariable("POLLSCALE_KILLS"), out int asked) ? asked : 12;
        using ServiceManager manager = new(At("notify"));
        ServeProcess serve = ServeProcess.Given([], manager.Environment, "--policy", Policy(""));
        using IvshmemPeer vm = new(At("shmem"), 2);
        ChannelLab.Until(() => manager.Kept.Count == 4, $"{manager.Kept.Count} of 4 descriptors are kept");
        Random random = new(3);
        for (int kill = 0; kill < kills; kill++)
        {
            for (int posts = random.Next(200); posts > 0; posts--)
            {
                vm.Post(random.Next(2), new FrequencyCall(FrequencyOp.SetPState, random.Next(6)));
            }

            serve.Kill();
            serve.Dispose();
            serve = ServeProcess.Given(manager.Kept, manager.Environment, "--policy", At("policy.yaml"));
            int wish = random.Next(6);
            Assert.Equal(new FrequencyReply(wish), vm.Ask(0, new FrequencyCall(FrequencyOp.SetPState, wish)));
            ChannelLab.Until(() => vm.Status(0, StatusPageLayout.PState) == wish, "the status does not tell");
        }

        Assert.Equal("", serve.EndTelling());
        serve.Dispose();
    }

    [Fact]
    public void A_vm_that_the_policy_names_no_more_after_a_restart_is_let_go()
    {
        using ServiceManager manager = new(At("notify"));
        using ServeProcess first = ServeProcess.Given([], manager.Environment, "--policy", Policy(""));
        using IvshmemPeer vm = new(At("shmem"), 2);
        ChannelLab.Until(() => manager.Kept.Count == 4, $"{manager.Kept.Count} of 4 descriptors are kept");
        first.Kill();
        File.WriteAllText(At("policy.yaml"), $"version: 1\nguests:\n  - name: vm1\n    shmem: {{listen: {At("other")}}}\n    vcpus:\n      - {{vcpu: 0, pcpu: 0}}\n");
        using ServeProcess second = ServeProcess.Given(manager.Kept, manager.Environment, "--policy", At("policy.yaml"));
        ChannelLab.Until(() => manager.Kept.Count == 0, $"{manager.Kept.Count} descriptors of a VM that is not served are kept");
        Assert.Equal(0, ChannelLab.ReadEnd(vm.Socket));
        Assert.Equal("", second.EndTelling());
    }

    private static JsonElement Channel(JsonElement line, int vcpu) => line.GetProperty("channels")[vcpu];

    private string At(string name) => Path.Join(_folder.Path, name);

    private string Policy(string more)
    {
        string path = At("policy.yaml");
        File.WriteAllText(path, $"version: 1\nguests:\n  - name: vm0\n    control: true\n{more}    shmem: {{listen: {At("shmem")}}}\n    vcpus:\n      - {{vcpu: 0, pcpu: 0}}\n      - {{vcpu: 1, pcpu: 1}}\n");
        return path;
    }
}
