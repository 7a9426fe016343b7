using PollScale.Lab.Machine;
using Xunit;

namespace PollScale.Lab.Scenarios;

[Collection(XenMachine.Collection)]
public class RuntimeInGuest(XenMachine machine)
{
    [Fact]
    public void Threads_collections_exceptions_and_null_references_work_at_CPL_3_above_a_real_CPL_0()
    {
        string[] lines = machine.Run("hoststub run $probe -- selftest").Expect().GuestLines;

        Assert.Contains("selftest null dereference: ok", lines);
        Assert.Contains("selftest ok", lines);
    }
}
