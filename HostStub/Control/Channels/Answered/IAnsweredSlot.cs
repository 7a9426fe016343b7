using PollScale.HostStub.Channels.Hypercall;
using PollScale.HostStub.Policy.Cores;
using PollScale.Native;

namespace PollScale.HostStub.Channels.Answered;

/// <summary>A slot whose hypercalls may be answered within their exit. All members are for its shard's thread, but for what says otherwise.</summary>
internal interface IAnsweredSlot : IHypercallSlot
{
    /// <summary>Which file the page is. From any thread.</summary>
    FileFacts Page { get; }

    /// <summary>The nonce in the page's header; 0 before it is written. From any thread.</summary>
    ulong Nonce { get; }

    /// <summary>Decides by what its calls are answered, and makes them true; null where none may be answered. From any thread.</summary>
    AnsweredCalls? Calls { get; }

    /// <summary>Who answers within the exit, and so which requests are not served a second time; null for nobody.</summary>
    IDecidedRequests? Decided { set; }

    /// <summary>Makes true, and shows, what was answered; answers itself what could not be written.</summary>
    /// <param name="record">What was answered.</param>
    void Take(in AnsweredRecord record);
}
