using System.Diagnostics;
using System.Globalization;
using PollScale.HostStub.Channels.Answered;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy;
using PollScale.HostStub.Policy.Compiled;
using PollScale.Hypercall;
using PollScale.Region;
using Xunit;

namespace PollScale.HostStub.Tests.Channels.Answered;

/// <summary>
/// No test of its own: the least host that has a VM's hypercalls answered, for the lab. Grants vCPU n of the QEMU in POLLSCALE_ANSWER_PID pCPU n, and goes on until the file in
/// POLLSCALE_ANSWER_END is there. What it saw stands in POLLSCALE_ANSWER_TOLD, written anew every 100 ms: a line for each vCPU, and the last record.
/// </summary>
public class AnswerVm
{
    private static readonly PStateTable s_table = new([3_200_000, 2_600_000, 2_000_000, 1_400_000, 800_000], 1, 3, 10_000);

    [Fact(Explicit = true)]
    public void Until_its_end()
    {
        int process = int.Parse(Setting("PID"), CultureInfo.InvariantCulture);
        ulong region = FindRegion(process);
        ulong nonce = ReadNonce(process, region);
        using HypercallAnswers answers = new();
        SortedDictionary<int, AnsweredPlace> places = [];
        foreach (string task in Directory.GetDirectories($"/proc/{process}/task"))
        {
            string[] name = File.ReadAllText($"{task}/comm").Trim().Split(' ', '/');
            if (name is ["CPU", string number, "KVM"])
            {
                int vcpu = int.Parse(number, CultureInfo.InvariantCulture);
                places.Add(vcpu, answers.Take());
                answers.Grant(places[vcpu], Grant(process, int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), vcpu, region, nonce), inForce: 3);
            }
        }

        answers.Attach();
        AnsweredRecord last = default;
        for (Stopwatch life = Stopwatch.StartNew(); !File.Exists(Setting("END")) && life.Elapsed < TimeSpan.FromMinutes(10);)
        {
            Thread.Sleep(100);
            foreach (AnsweredPlace place in places.Values)
            {
                while (place.TryRead(out AnsweredRecord record))
                {
                    last = record;
                }
            }

            File.WriteAllLines(Setting("TOLD") + ".new", [
                .. places.Select(pair => Line(pair.Key, answers.States.Read(pair.Value.Index))),
                string.Create(CultureInfo.InvariantCulture, $"last request {new RequestWord(last.Request).Sequence} reply {last.Reply} cpu {last.Cpu} {last.Verdict} {last.Reason} written {last.Written}")]);
            File.Move(Setting("TOLD") + ".new", Setting("TOLD"), overwrite: true);
        }
    }

    private static string Line(int vcpu, VcpuState state) => string.Create(
        CultureInfo.InvariantCulture,
        $"vcpu {vcpu} granted {state.Calls[(int)CallVerdict.Granted]} clamped {state.Calls[(int)CallVerdict.Clamped]} unchanged {state.Calls[(int)CallVerdict.Unchanged]} stranger {state.Strangers} unreadable {state.Unreadable} otherpage {state.OtherPages} wrongslot {state.WrongSlot} repeated {state.Repeated} wrongcpu {state.WrongCpu} unwritten {state.Unwritten} lost {state.Lost}");

    private static AnsweredGrant Grant(int process, int thread, int vcpu, ulong region, ulong nonce) => new()
    {
        Thread = new VcpuThread(process, thread, AnsweredThread.BeganOf(process, thread)), Region = region, Nonce = nonce, Vcpu = vcpu,
        Policy = new CompiledPolicy { Pcpu = vcpu, Table = s_table, Control = true, Queries = true, CallsPerSecond = 1000, Burst = 100_000 },
    };

    // "7f0000000000-7f0000010000 rw-s 00000000 00:01 1234 /memfd:region (deleted)"
    private static ulong FindRegion(int process) => ulong.Parse(
        File.ReadLines($"/proc/{process}/maps").First(line => line.Contains("/memfd:region", StringComparison.Ordinal)).Split('-')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static ulong ReadNonce(int process, ulong region)
    {
        using FileStream memory = new($"/proc/{process}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        memory.Seek((long)region + RegionLayout.NonceField, SeekOrigin.Begin);
        byte[] nonce = new byte[sizeof(ulong)];
        memory.ReadExactly(nonce);
        return BitConverter.ToUInt64(nonce);
    }

    private static string Setting(string name) => Environment.GetEnvironmentVariable($"POLLSCALE_ANSWER_{name}") ?? throw new InvalidOperationException($"POLLSCALE_ANSWER_{name} is not set.");
}
