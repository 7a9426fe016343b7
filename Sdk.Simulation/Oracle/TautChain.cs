using System.Runtime.CompilerServices;

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

    /// <summary>Goes on to a point, without the points at the end around which the path there does not bend.</summary>
    /// <param name="point">The point.</param>
    /// <param name="side">1 where slopes rise along the chain, -1 where they fall.</param>
    /// <returns>False where nothing but the apex is left: the point is not appended then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Extend(PathPoint point, double side)
    {
        PathPoint[] points = _points;
        int first = _first, last = _end - 1;
        PathPoint middle = points[last];
        while (last > first)
        {
            PathPoint before = points[last - 1];
            if (side * PathPoint.Turn(before, middle, point) > 0)
            {
                _end = last + 1;
                Append(point);
                return true;
            }

            middle = before;
            last--;
        }

        _end = first + 1;
        return false;
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
