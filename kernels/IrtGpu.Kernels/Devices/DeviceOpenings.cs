using ILGPU.Runtime;
using IrtGpu.Compute.Devices;

namespace IrtGpu.Kernels.Devices;

/// <summary>Opens devices on a thread of their own while something else goes on, and keeps them open between the backends that use them in turn.</summary>
/// <remarks>One backend has a device at a time; another that asks meanwhile opens it anew.</remarks>
/// <param name="load">Loads what every backend will ask for.</param>
internal sealed class DeviceOpenings(Action<Accelerator> load)
{
    private readonly Action<Accelerator> load = load;
    private readonly Lock gate = new();
    private Preparation? current;

    /// <summary>Devices opened so far, whether for a backend or before there was one.</summary>
    public int OpenedCount { get; private set; }

    /// <summary>Begins to open devices and to load what every backend will ask for.</summary>
    /// <param name="find">Tells which, on the thread that opens them.</param>
    /// <returns>Closes what no backend has; backends close theirs themselves. While it lives, another call begins nothing.</returns>
    public IDisposable Begin(Func<IReadOnlyList<ComputeDevice>> find)
    {
        Preparation preparation;
        lock (gate)
        {
            if (current is not null)
                return NothingPrepared.Instance;
            current = preparation = new Preparation(this);
        }
        preparation.Start(find);
        return preparation;
    }

    /// <summary>Takes over a device that was begun with, or opens it.</summary>
    /// <param name="device">One that the catalogue calls available.</param>
    /// <exception cref="AcceleratorException">The driver refuses, or refused before.</exception>
    public DeviceLease Take(ComputeDevice device)
    {
        Preparation? preparation;
        lock (gate)
            preparation = current;
        return preparation?.TryTake(device) ?? new DeviceLease(Open(device), session => session.Dispose());
    }

    private DeviceSession Open(ComputeDevice device)
    {
        DeviceSession session = DeviceSession.Open(device);
        lock (gate)
            OpenedCount++;
        return session;
    }

    /// <summary>Devices from the beginning of their opening to the end of the work on them.</summary>
    private sealed class Preparation(DeviceOpenings owner) : IDisposable
    {
        private readonly Lock gate = new();
        private readonly TaskCompletionSource<Dictionary<DeviceName, Task<DeviceSession>>> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly HashSet<DeviceName> lent = [];
        private bool isOver;

        /// <summary>Begins, on a thread that nothing else waits for.</summary>
        public void Start(Func<IReadOnlyList<ComputeDevice>> find) =>
            new Thread(() => Open(find)) { IsBackground = true, Name = "opening devices" }.Start();

        /// <summary>The device once it is open; null where it is not among them, or another backend has it.</summary>
        public DeviceLease? TryTake(ComputeDevice device)
        {
            if (!found.Task.GetAwaiter().GetResult().TryGetValue(device.Name, out Task<DeviceSession>? opening))
                return null;
            lock (gate)
            {
                if (isOver || !lent.Add(device.Name))
                    return null;
            }
            try
            {
                DeviceSession session = opening.GetAwaiter().GetResult();
                session.Accelerator.Bind(); // to this thread
                return new DeviceLease(session, Return);
            }
            catch
            {
                lock (gate)
                    lent.Remove(device.Name);
                throw;
            }
        }

        /// <summary>Waits for what is being opened, so that no process ends in the middle of it, and closes what no backend has.</summary>
        public void Dispose()
        {
            Dictionary<DeviceName, Task<DeviceSession>> openings = found.Task.GetAwaiter().GetResult();
            Task<DeviceSession>[] idle;
            lock (gate)
            {
                if (isOver)
                    return;
                isOver = true;
                idle = [.. openings.Where(opening => !lent.Contains(opening.Key)).Select(opening => opening.Value)];
            }
            lock (owner.gate)
                owner.current = null;
            foreach (Task<DeviceSession> opening in idle)
            {
                try
                {
                    opening.GetAwaiter().GetResult().Dispose();
                }
                catch (Exception) when (opening.IsFaulted)
                {
                    // What could not be opened and nobody asks for any more need not be told.
                }
            }
        }

        private void Return(DeviceSession session)
        {
            lock (gate)
            {
                if (!isOver)
                {
                    lent.Remove(session.Device.Name);
                    return;
                }
            }
            session.Dispose();
        }

        private void Open(Func<IReadOnlyList<ComputeDevice>> find)
        {
            IReadOnlyList<ComputeDevice> devices;
            try
            {
                devices = find();
            }
            catch (DeviceNotAvailableException)
            {
                found.SetResult([]); // whoever asks for it is told
                return;
            }
            (ComputeDevice Device, TaskCompletionSource<DeviceSession> Opening)[] openings = [.. devices.Select(device => (device, new TaskCompletionSource<DeviceSession>()))];
            found.SetResult(openings.ToDictionary(one => one.Device.Name, one => one.Opening.Task));
            foreach ((ComputeDevice device, TaskCompletionSource<DeviceSession> opening) in openings)
            {
                DeviceSession? session = null;
                try
                {
                    session = owner.Open(device);
                    owner.load(session.Accelerator);
                    opening.SetResult(session);
                }
                catch (Exception exception) // thrown to whoever takes the device
                {
                    session?.Dispose();
                    opening.SetException(exception);
                }
            }
        }
    }
}

/// <summary>A device in the hands of one backend.</summary>
/// <param name="Session">The open device.</param>
/// <param name="Return">Takes it back, or closes it.</param>
internal sealed record DeviceLease(DeviceSession Session, Action<DeviceSession> Return) : IDisposable
{
    /// <summary>Gives the device back.</summary>
    public void Dispose() => Return(Session);
}
