using PollScale.Lab.Image;
using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

/// <summary>A run of hoststub on one CPU of L1, in the background, stopped after each request of its guest so that it can be looked at.</summary>
/// <param name="session">The machine.</param>
/// <param name="cpu">CPU of the guest.</param>
internal sealed class FrequencyRun(LabSession session, int cpu)
{
    /// <summary>P-state of the CPUs that have no guest.</summary>
    public const int Parked = 3;

    private const int Cpus = 2;
    private const string Functions = """
        policies=/sys/devices/system/cpu/cpufreq/policy
        show() { for n in 0 1; do (cd $policies$n && echo cpu$n $(cat scaling_cur_freq scaling_governor scaling_min_freq scaling_max_freq)); done; }
        requests() { grep -c 'guest: SetPState' /tmp/run.out; }
        run=$(cat /tmp/run.pid 2>/dev/null)

        """;

    /// <summary>Gives this CPU its kernel's governor and some bounds, and keeps the others where no governor moves them.</summary>
    public CpuState[] Prepare(long minKHz, long maxKHz) => States(Job($$"""
        [ -z "$run" ] || kill -9 $run 2>/dev/null
        rm -rf /tmp/run.* /tmp/lease
        for n in 0 1; do cd $policies$n; echo 800000 >scaling_min_freq; echo 3200000 >scaling_max_freq; echo userspace >scaling_governor; echo {{PStateSsdt.KHz[Parked]}} >scaling_setspeed; done
        cd ${policies}{{cpu}}; echo schedutil >scaling_governor; echo {{minKHz}} >scaling_min_freq; echo {{maxKHz}} >scaling_max_freq
        until [ "$(cat scaling_min_freq scaling_max_freq | xargs)" = "{{minKHz}} {{maxKHz}}" ]; do sleep 0.05; done
        show
        """));

    /// <summary>Starts hoststub with a guest that asks for these P-states.</summary>
    public void Start(params int[] pStates) => Job($"""
        chroot /disk /dotnet/dotnet /app/hoststub.dll run --frequency cpufreq --allow-frequency-control --lease-dir /tmp/lease --cpu {cpu} $guest -- set-pstates {string.Join(',', pStates)} --hold-ms 2000 >/tmp/run.out 2>&1 </dev/null &
        echo $! >/tmp/run.pid
        """);

    /// <summary>Waits for the guest's next request and stops hoststub there.</summary>
    /// <param name="request">Which, from 1.</param>
    /// <param name="expected">What the guest must have printed.</param>
    public CpuState[] AtRequest(int request, string expected)
    {
        LabResult result = Job($$"""
            kill -CONT $run
            until [ $(requests) -ge {{request}} ]; do
                [ -d /proc/$run ] || { cat /tmp/run.out; exit 9; }
                sleep 0.05
            done
            kill -STOP $run
            [ $(requests) -eq {{request}} ] || { echo 'The guest went on before it was stopped:'; cat /tmp/run.out; exit 8; }
            show
            grep 'guest: SetPState' /tmp/run.out | tail -n 1
            """);
        Assert.Equal([expected], result.GuestLines);
        return States(result);
    }

    /// <summary>Lets hoststub go on to its end.</summary>
    public CpuState[] AtEnd()
    {
        LabResult result = Job("""
            kill -CONT $run
            while [ -d /proc/$run ]; do sleep 0.05; done
            cat /tmp/run.out >&2
            show
            """);
        TestContext.Current.TestOutputHelper?.WriteLine(result.Error);
        return States(result);
    }

    /// <summary>Kills hoststub at once.</summary>
    public CpuState[] Kill() => States(Job("""
        kill -9 $run
        while [ -d /proc/$run ]; do sleep 0.05; done
        show
        """));

    /// <summary>Changes a setting of this CPU while the guest runs.</summary>
    public void Write(string file, long value) => Job($$"""
        cd ${policies}{{cpu}} && echo {{value}} >{{file}}
        until [ $(cat {{file}}) = {{value}} ]; do sleep 0.05; done # the kernel does it in a worker of its own
        """);

    // QEMU's parallel TCG shuts a guest's vCPU down, once in a while, as it kills the machine below it: that is the machine's failure.
    private LabResult Job(string script)
    {
        LabResult result = session.Run(Functions + script);
        return result.Output.Contains("KVM_EXIT_SHUTDOWN", StringComparison.Ordinal) ? throw new LabException($"A guest's vCPU was shut down:\n{result}") : result.Expect();
    }

    private CpuState[] States(LabResult result)
    {
        string[] lines = [.. result.Output.Split('\n').Where(l => l.StartsWith("cpu", StringComparison.Ordinal))];
        Assert.Equal(Cpus, lines.Length);
        return [.. lines.Select((line, n) => CpuState.Parse(line, session.Devices.Register(n)))];
    }
}
