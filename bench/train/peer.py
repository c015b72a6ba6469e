"""The peer of bench/train: the same networks in PyTorch, at its best on a CPU.

    THREADS=2 python3 bench/train/peer.py NETWORK [SECONDS]     one network, then exit
    THREADS=2 python3 bench/train/peer.py --serve               "NETWORK SECONDS" per line on stdin, to interleave

Prints one JSON line a measurement: {network, threads, medianMs, p10, p90, steps, rssMb, version}. A step is zero_grad,
forward, cross-entropy, backward and AdamW.

At its best means: OpenBLAS built for OpenMP (Debian's default build keeps a second thread pool spinning next to
PyTorch's own, which costs up to 5x on recurrent networks; bench/train/run.ts puts libopenblas0-openmp first on
LD_LIBRARY_PATH), channels-last pictures, and OMP_NUM_THREADS as asked.
"""
import json
import os
import resource
import sys
import time

THREADS = int(os.environ.get("THREADS", "2"))
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(THREADS)

import torch  # noqa: E402  (the thread counts must be set first)
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(THREADS)
VOCABULARY, DIM, CLASSES = 30_000, 128, 7


class FaceCnn(nn.Module):
    """W1: VGG-like, 48x48 grey."""

    def __init__(self):
        super().__init__()
        layers, channels = [], 1
        for out in (32, 64, 128):
            for _ in range(2):
                layers += [nn.Conv2d(channels, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU()]
                channels = out
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(128 * 6 * 6, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, CLASSES))

    def forward(self, x):
        return self.head(self.features(x))


class TextLstm(nn.Module):
    """W2: embedding, bidirectional LSTM, mean."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, DIM)
        self.lstm = nn.LSTM(DIM, DIM, bidirectional=True, batch_first=True)
        self.head = nn.Linear(2 * DIM, CLASSES)

    def forward(self, ids):
        return self.head(self.lstm(self.embedding(ids))[0].mean(1))


def transformer_layer():
    return nn.TransformerEncoderLayer(DIM, 4, 512, dropout=0.1, batch_first=True)


class TextTransformer(nn.Module):
    """W2b: embedding, learned positions, two transformer layers, mean."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, DIM)
        self.positions = nn.Parameter(torch.randn(64, DIM) * 0.02)
        self.layers = nn.Sequential(transformer_layer(), transformer_layer())
        self.head = nn.Linear(DIM, CLASSES)

    def forward(self, ids):
        return self.head(self.layers(self.embedding(ids) + self.positions).mean(1))


class SpeechCnn(nn.Module):
    """W3 and W3b: four convolutions over a log-mel spectrogram, then a GRU or a transformer layer over time."""

    def __init__(self, over_time):
        super().__init__()
        layers, channels = [], 1
        for out in (32, 64, 96, 128):
            # Pooling before the rectifier gives the same values with a quarter of the work.
            layers += [nn.Conv2d(channels, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.MaxPool2d(2),
                       nn.ReLU()]
            channels = out
        self.features = nn.Sequential(*layers)
        self.gru = nn.GRU(128 * 4, DIM, batch_first=True) if over_time == "gru" else None
        self.encoder = None if self.gru else nn.Sequential(nn.Linear(128 * 4, DIM), transformer_layer())
        self.head = nn.Linear(DIM, CLASSES)

    def forward(self, x):
        maps = self.features(x)  # (B, 128, 18, 4)
        steps = maps.permute(0, 2, 1, 3).reshape(x.shape[0], 18, 512)
        return self.head((self.gru(steps)[0] if self.gru else self.encoder(steps)).mean(1))


class CrossModalBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(DIM, 4, batch_first=True)
        self.norm1, self.norm2 = nn.LayerNorm(DIM), nn.LayerNorm(DIM)
        self.feed = nn.Sequential(nn.Linear(DIM, 256), nn.ReLU(), nn.Linear(256, DIM))

    def forward(self, query, memory):
        hidden = self.norm1(query + self.attention(query, memory, memory, need_weights=False)[0])
        return self.norm2(hidden + self.feed(hidden))


class Fusion(nn.Module):
    """W4: three embeddings, each attending to the other two."""

    def __init__(self):
        super().__init__()
        self.project = nn.ModuleList([nn.Linear(size, DIM) for size in (768, 512, 512)])
        self.blocks = nn.ModuleList([CrossModalBlock() for _ in range(3)])
        self.head = nn.Sequential(nn.Linear(3 * DIM, DIM), nn.ReLU(), nn.Dropout(0.3), nn.Linear(DIM, 6))

    def forward(self, text, face, speech):
        tokens = [project(x)[:, None] for project, x in zip(self.project, (text, face, speech))]
        fused = []
        for index, block in enumerate(self.blocks):
            others = torch.cat([token for other, token in enumerate(tokens) if other != index], 1)
            fused.append(block(tokens[index], others))
        return self.head(torch.cat(fused, 2)[:, 0])


def pictures(batch, *size):
    return (torch.randn(batch, *size).contiguous(memory_format=torch.channels_last),)


# name: (batch, network, inputs of one batch)
NETWORKS = {
    "W1": (64, FaceCnn, lambda batch: pictures(batch, 1, 48, 48)),
    "W2": (64, TextLstm, lambda batch: (torch.randint(0, VOCABULARY, (batch, 64)),)),
    "W2b": (64, TextTransformer, lambda batch: (torch.randint(0, VOCABULARY, (batch, 64)),)),
    "W3": (32, lambda: SpeechCnn("gru"), lambda batch: pictures(batch, 1, 300, 64)),
    "W3b": (32, lambda: SpeechCnn("transformer"), lambda batch: pictures(batch, 1, 300, 64)),
    "W4": (32, Fusion, lambda batch: tuple(torch.randn(batch, size) for size in (768, 512, 512))),
}

WARM_UP = 3
prepared = {}


def training_step(name):
    """A function that runs one training step of the named network; made once."""
    if name not in prepared:
        torch.manual_seed(1)
        batch, build, inputs = NETWORKS[name]
        model = build().to(memory_format=torch.channels_last).train()
        x, y = inputs(batch), torch.randint(0, 6, (batch,))
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)

        def step():
            optimizer.zero_grad()
            F.cross_entropy(model(*x), y).backward()
            optimizer.step()

        for _ in range(WARM_UP):
            step()
        prepared[name] = step
    return prepared[name]


def measure(name, seconds):
    step = training_step(name)
    step()  # a pause before this round may have cooled the caches
    times, start = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        step()
        times.append((time.perf_counter() - before) * 1e3)
    times.sort()

    def quantile(share):
        return round(times[min(len(times) - 1, int(share * len(times)))], 3)

    print(json.dumps({
        "network": name, "threads": THREADS, "medianMs": quantile(0.5), "p10": quantile(0.1), "p90": quantile(0.9),
        "steps": len(times), "rssMb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "version": f"PyTorch {torch.__version__}",
    }), flush=True)


def main():
    if sys.argv[1:] == ["--serve"]:
        for line in sys.stdin:
            name, seconds = line.split()
            measure(name, float(seconds))
    else:
        measure(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 5.0)


if __name__ == "__main__":
    main()
