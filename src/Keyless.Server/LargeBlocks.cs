using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Keyless.Server;

/// <summary>
/// Kestrel's buffers in blocks of 64 KiB. A read from a socket fills at most one block, and with the usual 4 KiB an upload costs several
/// times the processor time. Idle connections hold none: Kestrel takes a block only when there is something to read.
/// </summary>
internal sealed class LargeBlocks : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private const int BlockSize = 64 << 10;

        /// <summary>16 MiB are kept for reuse; what a burst needs beyond goes back to the runtime.</summary>
        private const int MaxKept = 256;

        private readonly ConcurrentQueue<Block> _free = [];
        private int _kept;

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            if (minBufferSize > BlockSize)
            {
                throw new ArgumentOutOfRangeException(nameof(minBufferSize), minBufferSize, null);
            }

            if (_free.TryDequeue(out var block))
            {
                Interlocked.Decrement(ref _kept);
                return block;
            }

            return new Block(this);
        }

        protected override void Dispose(bool disposing) => _free.Clear();

        private void Return(Block block)
        {
            if (Interlocked.Increment(ref _kept) <= MaxKept)
            {
                _free.Enqueue(block);
            }
            else
            {
                Interlocked.Decrement(ref _kept);
            }
        }

        /// <summary>Pinned for good, so that sockets need not pin it for each read.</summary>
        private sealed class Block(Pool pool) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

            // Kestrel rents and returns in turns; the same block is handed out again.
            public void Dispose() => pool.Return(this);
        }
    }
}
