using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy.Compiled;
using PollScale.HostStub.Policy.Patience;
using PollScale.Native;
using PollScale.Placement;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>
/// Has a BPF program answer vCPUs' hypercalls within their exit, and brings what it tells to their shards. The program is loaded for the first vCPU and stays until the end. From
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

    private const int EventsPerWait = 2, WakeKey = 0, RecordsKey = 1;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, AnsweredWatch> _owners = []; // by thread
    private readonly AnsweredWatch?[] _watches = new AnsweredWatch?[HypercallAnswers.MostGrants]; // by state
    private readonly ManualResetEvent _end = new(false);
    private readonly WakeEvent _wake = new();
    private readonly List<HostThread> _threads = [];
    private volatile HypercallAnswers? _answers;

    /// <summary>Finds where a process has mapped a page.</summary>
    public FindPage FindPage { private get; init; } = RegionAddress.Find;

    /// <summary>Called on the thread that reads what the program tells, when it begins: it wakes those that VMs wait for.</summary>
    public Action Began { private get; init; } = () => { };

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

        return problem.Length == 0 ? new AnsweredWatch(this, answered, grant) : null;
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
                int index = answers.Grant(grant, watch.InForce);
                (_watches[index], watch.Index) = (watch, index);
            }
            catch (Exception e) when (e is Win32Exception or InvalidOperationException)
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
            if (watch.Index != AnsweredWatch.NoIndex)
            {
                _watches[watch.Index] = null;
                _answers!.Withdraw(watch.Grant);
            }
        }
    }

    /// <summary>Ends its threads; who is granted is answered on.</summary>
    /// <param name="patience">Longest wait.</param>
    public void Stop(TimeSpan patience)
    {
        _end.Set();
        _wake.Set();
        _threads.ForEach(thread => thread.Join(patience / 2));
    }

    /// <inheritdoc/>
    /// <remarks>After the shards have ended. Nobody is answered any more.</remarks>
    public void Dispose()
    {
        if (!_threads.Exists(thread => thread.IsAlive))
        {
            _answers?.Dispose();
            _wake.Dispose();
            _end.Dispose();
        }
    }

    // Under the lock. Why it cannot be granted beside those that are.
    private string? WhyNot(AnsweredGrant grant) =>
        _owners.ContainsKey(grant.Owner) ? string.Create(CultureInfo.InvariantCulture, $"thread {grant.Thread.Thread} of process {grant.Thread.Process} answers for another vCPU already: a VM takes one guest's page.")
        : _owners.Count >= HypercallAnswers.MostGrants ? string.Create(CultureInfo.InvariantCulture, $"{HypercallAnswers.MostGrants} vCPUs are answered already, which is all that the program has room for.")
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

            HypercallAnswers? loaded = null;
            EventPoll? poll = null;
            try
            {
                loaded = load();
                poll = new EventPoll(EventsPerWait);
                poll.Add(_wake.Descriptor, WakeKey);
                poll.Add(loaded.Records, RecordsKey);
                _answers = loaded;
                Begin("answers", () => Read(poll, loaded));
                Begin("answered", Look);
                return true;
            }
            catch (Exception e) when (e is Win32Exception or InvalidOperationException)
            {
                poll?.Dispose();
                loaded?.Dispose();
                problem = e.Message;
                return false;
            }
        }
    }

    private void Begin(string name, Action run)
    {
        HostThread thread = new(name, run, failed, Threads.SmallStack);
        _threads.Add(thread);
        thread.Start();
    }

    private void Read(EventPoll poll, HypercallAnswers answers)
    {
        Began();
        using (poll)
        {
            while (!_end.WaitOne(0))
            {
                poll.Wait(-1);
                while (answers.TryRead(out AnsweredRecord record))
                {
                    Bring(record);
                }
            }
        }
    }

    private void Bring(in AnsweredRecord record)
    {
        lock (_lock)
        {
            if (record.State < _watches.Length && _watches[record.State] is AnsweredWatch watch && watch.Owner == record.Owner)
            {
                watch.Add(record);
            }
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
