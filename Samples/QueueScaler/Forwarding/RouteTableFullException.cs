namespace PollScale.Samples.QueueScaler.Forwarding;

/// <summary>The routes do not fit into the table.</summary>
internal sealed class RouteTableFullException(string message) : Exception(message);
