namespace PollScale.HostStub.Guests;

/// <summary>One thing that a VM needs.</summary>
/// <param name="Place">Where it belongs: arguments for QEMU; for libvirt the element of the domain that it goes into, or domain.</param>
/// <param name="What">What it is for.</param>
/// <param name="Lines">Arguments, an option with its value each and quoted for a shell; or lines of XML. Empty where there is nothing to add, but something to do.</param>
internal sealed record GuestPart(string Place, string What, IReadOnlyList<string> Lines);
