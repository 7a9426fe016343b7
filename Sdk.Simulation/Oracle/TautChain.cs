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

    public void RemoveFirst() => _first++;

    /// <summary>Removes the points at the end around which a path on to <paramref name="point"/> does not bend.</summary>
    /// <param name="point">What will be appended.</param>
    /// <param name="side">1 where slopes rise along the chain, -1 where they fall.</param>
    public void Straighten(PathPoint point, double side)
    {
        Span<PathPoint> points = _points.AsSpan(_first, _end - _first);
        int last = points.Length - 1;
        PathPoint middle = points[last];
        while (last > 0)
        {
            PathPoint before = points[last - 1];
            if (side * PathPoint.Turn(before, middle, point) > 0)
            {
                break;
            }

            middle = before;
            last--;
        }

        _end = _first + last + 1;
    }

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
