using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy.Compiled;
using PollScale.HostStub.Policy.Patience;
using PollScale.Placement;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>
/// Has a BPF program answer vCPUs' hypercalls within their exit; what it tells goes to their shards. The program is loaded for the first vCPU and stays until the end. From
/// any thread; holds nothing while it waits for a file.
/// </summary>
/// <param name="load">Loads the program, and has it run.</param>
/// <param name="find">Finds vCPUs' threads.</param>
/// <param name="isThere">Whether a thread has not ended.</param>
/// <param name="failed">Takes what ended a thread of this, should anything.</param>
internal sealed class AnswerServer(Func<HypercallAnswers> load, FindVcpuThread find, Func<VcpuThread, bool> isThere, Action<Exception> failed) : IHypercallSource, IDisposable
{
    /// <summary>Between two looks whether threads are there, in ms. One that has ended and whose number came again is told by when it began, at each call.</summary>
    public const int LookMs = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, AnsweredWatch> _owners = []; // by thread
    private readonly ManualResetEvent _end = new(false);
    private HostThread? _looks;
    private volatile HypercallAnswers? _answers;

    /// <summary>Finds where a process has mapped a page.</summary>
    public FindPage FindPage { private get; init; } = RegionAddress.Find;

    /// <summary>What the program keeps of each vCPU that is granted.</summary>
    /// <exception cref="InvalidOperationException">No vCPU was ever granted.</exception>
    public VcpuStates States => (_answers ?? throw new InvalidOperationException("There is no program.")).States;

    /// <inheritdoc/>
    public IHypercallWatch? Watch(int process, IHypercallSlot slot, out string problem)
    {
        IAnsweredSlot answered = (IAnsweredSlot)slot;
        if (answered.Calls?.Policy is not CompiledPolicy policy)
        {
            problem = answered.Calls?.WhyNot ?? "its policy is being changed.";
            return null;
        }

        if (find(process, slot.Vcpu, out problem) is not VcpuThread thread || FindPage(process, answered.Page, out problem) is not ulong address || !TryLoad(out problem))
        {
            return null;
        }

        AnsweredGrant grant = new() { Thread = thread, Policy = policy, Region = address, Nonce = answered.Nonce, Vcpu = slot.Vcpu };
        lock (_lock)
        {
            problem = WhyNot(grant) ?? "";
        }

        try
        {
            return problem.Length == 0 ? new AnsweredWatch(this, answered, grant, _answers!.Take()) : null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <inheritdoc/>
    public void TellWatched(ILogger log, string guest, int vcpu, string endpoint, int thread) => AnswerLog.HypercallsAnsweredInPage(log, guest, vcpu, endpoint, thread);

    /// <inheritdoc/>
    public void TellUnwatched(ILogger log, string guest, int vcpu, string endpoint, string problem) => AnswerLog.HypercallsUnansweredInPage(log, guest, vcpu, endpoint, problem);

    /// <summary>Grants, or brings a grant up to date, once the page has a header.</summary>
    public void Renew(AnsweredWatch watch)
    {
        lock (_lock)
        {
            AnsweredGrant grant = watch.Grant;
            if (grant.Nonce == 0 || watch.HasEnded || _answers is not HypercallAnswers answers)
            {
                return;
            }

            if (_owners.GetValueOrDefault(grant.Owner) != watch && WhyNot(grant) is string why)
            {
                watch.Fail(why);
                return;
            }

            _owners[grant.Owner] = watch;
            try
            {
                answers.Grant(watch.Place, grant, watch.InForce);
            }
            catch (Win32Exception e)
            {
                _owners.Remove(grant.Owner);
                watch.Fail(e.Message);
            }
        }
    }

    /// <summary>Takes a grant back. Nothing is told to it any more.</summary>
    public void Withdraw(AnsweredWatch watch)
    {
        lock (_lock)
        {
            if (_owners.GetValueOrDefault(watch.Owner) != watch)
            {
                return;
            }

            _owners.Remove(watch.Owner);
            _answers!.Withdraw(watch.Place, watch.Grant);
        }
    }

    /// <summary>Gives the place back of a watch that has ended.</summary>
    public void Return(AnsweredPlace place) => _answers!.Return(place);

    /// <summary>Ends its thread; who is granted is answered on.</summary>
    /// <param name="patience">Longest wait.</param>
    public void Stop(TimeSpan patience)
    {
        _end.Set();
        _looks?.Join(patience);
    }

    /// <inheritdoc/>
    /// <remarks>After the shards have ended. Nobody is answered any more.</remarks>
    public void Dispose()
    {
        if (_looks?.IsAlive != true)
        {
            _answers?.Dispose();
            _end.Dispose();
        }
    }

    // Under the lock. Why it cannot be granted beside those that are.
    private string? WhyNot(AnsweredGrant grant) =>
        _owners.ContainsKey(grant.Owner) ? string.Create(CultureInfo.InvariantCulture, $"thread {grant.Thread.Thread} of process {grant.Thread.Process} answers for another vCPU already: a VM takes one guest's page.")
        : null;

    private bool TryLoad(out string problem)
    {
        lock (_lock)
        {
            problem = "";
            if (_answers is not null)
            {
                return true;
            }

            try
            {
                _answers = load();
            }
            catch (Exception e) when (e is Win32Exception or InvalidOperationException)
            {
                problem = e.Message;
                return false;
            }

            _looks = new HostThread("answered", Look, failed, Threads.SmallStack);
            _looks.Start();
            return true;
        }
    }

    private void Look()
    {
        while (!_end.WaitOne(LookMs))
        {
            AnsweredWatch[] watches;
            lock (_lock)
            {
                watches = [.. _owners.Values];
            }

            foreach (AnsweredWatch watch in watches.Where(watch => !isThere(watch.Grant.Thread)))
            {
                watch.Fail(null);
            }
        }
    }
}
