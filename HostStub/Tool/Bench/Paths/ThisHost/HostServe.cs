using System.Diagnostics;
using System.Globalization;
using System.Text;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>`hoststub serve` as a process of its own; where it sets the pCPU's real frequency it takes the pCPU over by its lease and gives it back at its end.</summary>
internal sealed class HostServe : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly string[] _sockets;

    private HostServe(string folder, string name, string text, string frequency, string[] sockets, Interrupt interrupt)
    {
        _sockets = sockets;
        string policy = Path.Combine(folder, $"{name}.yaml");
        File.WriteAllText(policy, text);
        (string program, string[] arguments) = OwnProgram.With("serve", "--policy", policy, "--frequency", frequency, "--json");
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        for (Stopwatch waited = Stopwatch.StartNew(); !Array.TrueForAll(sockets, File.Exists); Thread.Sleep(50))
        {
            string? why = interrupt.Count > 0 ? "the end was asked for" : _process.HasExited ? errors.Result.Trim() : waited.Elapsed > s_patience ? "it makes no socket" : null;
            if (why is not null)
            {
                Dispose();
                throw interrupt.Count > 0 ? new OperationCanceledException() : new GuestSetupException($"hoststub serve does not come up: {why}");
            }
        }
    }

    /// <summary>Starts it for a path's VM, with other guests of that pCPU that may only ask.</summary>
    /// <param name="folder">For its files; nobody else's.</param>
    /// <param name="path">The path that it serves.</param>
    /// <param name="cpu">The pCPU.</param>
    /// <param name="others">How many other guests.</param>
    /// <param name="interrupt">Ends the waiting.</param>
    /// <exception cref="GuestSetupException">It does not come up.</exception>
    /// <exception cref="OperationCanceledException">The end was asked for.</exception>
    public static HostServe For(string folder, HostPath path, int cpu, int others, Interrupt interrupt)
    {
        string[] pages = path.Device == PathDevice.Page ? [.. PathSockets.Others(folder, others)] : [];
        return new HostServe(folder, "policy", Policy(folder, path, cpu, others), "cpufreq", [PathSockets.Page(folder), .. pages], interrupt);
    }

    /// <summary>Starts it for other guests alone, who ask for simulated P-states: beside a path that takes no core which others share.</summary>
    /// <inheritdoc cref="For"/>
    public static HostServe ForOthers(string folder, int cpu, int others, Interrupt interrupt) =>
        new(folder, "others", Policy(folder, null, cpu, others), "simulated", [.. PathSockets.Others(folder, others)], interrupt);

    /// <summary>Ends it in order: the pCPU has its governor and bounds back then.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = LibC.kill(_process.Id, LibC.SIGTERM);
            if (!_process.WaitForExit(s_patience))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
        Array.ForEach(_sockets, File.Delete);
    }

    /// <summary>The policy of a path's VM and others, or of others alone.</summary>
    internal static string Policy(string folder, HostPath? path, int cpu, int others)
    {
        PathDevice device = path?.Device ?? PathDevice.Page;
        StringBuilder lines = new("""
            version: 1
            defaults: {budget: {calls-per-second: 1000000, burst: 100000}, queries: true}
            guests:

            """);
        if (path is not null)
        {
            lines.Append(CultureInfo.InvariantCulture, $$"""
                  - name: paths
                    control: true
                    shmem: {listen: {{PathSockets.Page(folder)}}}
                    {{path.Policy}}
                    vcpus: [{vcpu: 0, pcpu: {{cpu}}{{(device == PathDevice.Port ? $", channel: {{connect: {PathSockets.Port(folder)}}}" : "")}}}]

                """);
        }

        foreach ((string socket, int n) in PathSockets.Others(folder, others).Select((socket, n) => (socket, n)))
        {
            lines.Append(CultureInfo.InvariantCulture, $"  - {{name: other{n}, {(device == PathDevice.Page ? $"shmem: {{listen: {socket}}}, " : "")}vcpus: [{{vcpu: 0, pcpu: {cpu}{(device == PathDevice.Port ? $", channel: {{connect: {socket}}}" : "")}}}]}}\n");
        }

        return lines.ToString();
    }
}
