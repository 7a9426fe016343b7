namespace PollScale.Simulation.Oracle;

/// <summary>One side of the funnel: points in order of time, the apex first. Grows at its end, shrinks at both.</summary>
internal sealed class TautChain
{
    private PathPoint[] _points = new PathPoint[64];
    private int _first;
    private int _end;

    public TautChain(long start) => Append(new PathPoint(start, 0));

    public int Count => _end - _first;

    public ref readonly PathPoint this[int index] => ref _points[_first + index];

    public ref readonly PathPoint FromEnd(int back) => ref _points[_end - back];

    public void RemoveFirst() => _first++;

    public void RemoveLast() => _end--;

    /// <summary>Leaves nothing but a new apex.</summary>
    public void Restart(PathPoint apex)
    {
        _first = 0;
        _end = 1;
        _points[0] = apex;
    }

    public void Append(PathPoint point)
    {
        if (_end == _points.Length)
        {
            MakeRoom();
        }

        _points[_end++] = point;
    }

    private void MakeRoom()
    {
        PathPoint[] target = Count > _points.Length / 2 ? new PathPoint[_points.Length * 2] : _points;
        Array.Copy(_points, _first, target, 0, Count);
        _points = target;
        _end -= _first;
        _first = 0;
    }
}
