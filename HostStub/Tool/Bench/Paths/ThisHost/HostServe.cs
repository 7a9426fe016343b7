using System.Diagnostics;
using System.Globalization;
using PollScale.HostStub.Lifetime;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>`hoststub serve` for one VM on one pCPU, as a process of its own, which takes the pCPU over by its lease and gives it back at its end.</summary>
internal sealed class HostServe : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <summary>Starts it.</summary>
    /// <param name="folder">For its files; nobody else's.</param>
    /// <param name="path">The path that it serves.</param>
    /// <param name="cpu">The pCPU.</param>
    /// <exception cref="GuestSetupException">It does not come up.</exception>
    public HostServe(string folder, HostPath path, int cpu)
    {
        Socket = Path.Combine(folder, "page");
        string policy = Path.Combine(folder, "policy.yaml");
        File.WriteAllText(policy, string.Create(CultureInfo.InvariantCulture, $$"""
            version: 1
            defaults: {budget: {calls-per-second: 1000000, burst: 100000}, queries: true}
            guests:
              - name: paths
                control: true
                shmem: {listen: {{Socket}}}
                {{path.Policy}}
                vcpus: [{vcpu: 0, pcpu: {{cpu}}}]

            """));
        (string program, string[] arguments) = OwnProgram.With("serve", "--policy", policy, "--frequency", "cpufreq", "--json");
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _errors = _process.StandardError.ReadToEndAsync();
        Stopwatch waited = Stopwatch.StartNew();
        while (!File.Exists(Socket))
        {
            if (_process.HasExited || waited.Elapsed > s_patience)
            {
                string why = _process.HasExited ? _errors.Result.Trim() : "it makes no socket";
                Dispose();
                throw new GuestSetupException($"hoststub serve does not come up for pCPU {cpu}: {why}");
            }

            Thread.Sleep(50);
        }
    }

    /// <summary>Where the VM's page is to be had.</summary>
    public string Socket { get; }

    /// <summary>Ends it in order: the pCPU has its governor and bounds back then.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = LibC.kill(_process.Id, LibC.SIGTERM);
            if (!_process.WaitForExit(s_patience))
            {
                _process.Kill();
            }
        }

        _process.Dispose();
        File.Delete(Socket);
    }
}
