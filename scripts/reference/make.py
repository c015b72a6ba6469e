"""Reference values for the layers, losses and optimizers of src/graph, from PyTorch in float64.

    /usr/bin/python3 scripts/reference/make.py        (Debian: apt-get install python3-torch)

Writes test/fixtures/reference/NAME.json. Every file is {"source", "layout", "cases"}; a case is

    {"name", "attributes", "inputs", "weights", "outputs", "upstream", "gradients"}

where each tensor is {"dims", "values"} (row-major, 7 significant digits; inputs and weights are rounded to 4 before
anything is computed from them, so a reader loses nothing). The loss is sum(output * upstream), with a fixed random `upstream` of
the output's shape; "gradients" holds the gradient of that loss for every input and weight that has one.

Weights are in the layouts of src/graph, stated in each file. PyTorch's own layouts are made from them by
differentiable transposes, so the gradients come back in our layouts too.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "reference"
SOURCE = f"PyTorch {torch.__version__}, float64"
torch.set_default_dtype(torch.float64)


def rounded(tensor):
    """The same tensor with every number rounded to 4 significant digits."""
    return torch.tensor([float(f"{x:.4g}") for x in tensor.detach().reshape(-1).tolist()]).reshape(tensor.shape)


def random(*dims, scale=1.0):
    return rounded(torch.randn(*dims) * scale)


def written(tensor):
    if tensor.dtype == torch.int64:
        return {"dims": list(tensor.shape), "values": tensor.reshape(-1).tolist()}
    return {"dims": list(tensor.shape), "values": [float(f"{x:.7g}") for x in tensor.detach().reshape(-1).tolist()]}


def case(name, forward, inputs, weights, attributes=None, outputs=None):
    """Runs `forward(inputs, weights)` and writes down its result and all gradients.

    `forward` returns the output tensor, or (output, {name: further value}) for values that get no gradient.
    """
    leaves = {}
    for group in (inputs, weights):
        for key, tensor in group.items():
            if tensor.dtype == torch.float64:
                leaves[key] = tensor.requires_grad_(True)
    result = forward(inputs, weights)
    output, further = result if isinstance(result, tuple) else (result, {})
    upstream = torch.ones(()) if output.dim() == 0 else random(*output.shape)
    gradients = torch.autograd.grad((output * upstream).sum(), list(leaves.values()), allow_unused=True)
    return {
        "name": name,
        "attributes": attributes or {},
        "inputs": {key: written(tensor) for key, tensor in inputs.items()},
        "weights": {key: written(tensor) for key, tensor in weights.items()},
        "outputs": {key: written(tensor) for key, tensor in {"output": output, **further}.items()},
        "upstream": written(upstream),
        "gradients": {key: written(g) for key, g in zip(leaves, gradients) if g is not None},
    }


def write(name, layout, cases):
    path = FOLDER / f"{name}.json"
    text = json.dumps({"source": SOURCE, "layout": layout, "cases": cases}, separators=(",", ":"))
    path.write_text(text.replace('{"name":', '\n{"name":') + "\n")
    size = path.stat().st_size
    assert size < 40_000, f"{path} has {size} bytes; fixtures stay below 40 KB"
    print(f"{path.name}: {len(cases)} cases, {size} bytes")


def linear():
    def forward(inputs, weights):
        return F.linear(inputs["x"], weights["weight"].T, weights.get("bias"))

    write("linear", "x [..., in], weight [in, out], bias [out]", [
        case("matrix", forward, {"x": random(5, 4)}, {"weight": random(4, 3), "bias": random(3)}),
        case("sequence", forward, {"x": random(2, 3, 4)}, {"weight": random(4, 5), "bias": random(5)}),
        case("without bias", forward, {"x": random(3, 6)}, {"weight": random(6, 2)}),
    ])


def convolution(name, shapes, layout, function):
    def one(title, x, weight, bias, **attributes):
        def forward(inputs, weights):
            return function(inputs["x"], weights["weight"], weights.get("bias"), **attributes)

        weights = {"weight": random(*weight, scale=0.5)}
        if bias:
            weights["bias"] = random(weight[0])
        return case(title, forward, {"x": random(*x)}, weights, attributes)

    write(name, layout, [one(title, x, weight, bias, **attributes) for title, x, weight, bias, attributes in shapes])


def conv2d():
    convolution("conv2d", [
        ("3x3 same", (2, 2, 5, 4), (3, 2, 3, 3), True, {"padding": 1}),
        ("3x3 without padding", (2, 2, 5, 5), (3, 2, 3, 3), False, {"padding": 0}),
        ("3x3 stride 2, even size", (2, 2, 4, 6), (3, 2, 3, 3), True, {"padding": 1, "stride": 2}),
        ("3x3 stride 2, odd size", (2, 2, 7, 5), (3, 2, 3, 3), False, {"padding": 1, "stride": 2}),
        ("1x1 stride 2, even size", (2, 3, 4, 4), (4, 3, 1, 1), False, {"padding": 0, "stride": 2}),
        ("5x5 stride 2, odd size", (1, 2, 9, 7), (2, 2, 5, 5), True, {"padding": 2, "stride": 2}),
        ("two groups", (2, 4, 4, 3), (6, 2, 3, 3), True, {"padding": 1, "groups": 2}),
        ("17 input channels", (1, 17, 3, 2), (2, 17, 3, 3), False, {"padding": 1}),
    ], "x [batch, in, height, width], weight [out, in / groups, kernel height, kernel width], bias [out]", F.conv2d)


def conv1d():
    convolution("conv1d", [
        ("3 same", (2, 3, 7), (4, 3, 3), True, {"padding": 1}),
        ("5 stride 2, even size", (2, 3, 8), (4, 3, 5), True, {"padding": 2, "stride": 2}),
        ("3 stride 2, odd size", (2, 3, 9), (4, 3, 3), False, {"padding": 1, "stride": 2}),
        ("depthwise", (2, 4, 7), (4, 1, 3), True, {"padding": 1, "groups": 4}),
    ], "x [batch, in, steps], weight [out, in / groups, kernel], bias [out]", F.conv1d)


def depthwise():
    convolution("depthwise", [
        ("3x3 same", (2, 4, 5, 6), (4, 1, 3, 3), True, {"padding": 1, "groups": 4}),
        ("3x3 stride 2, even size", (2, 4, 6, 8), (4, 1, 3, 3), False, {"padding": 1, "stride": 2, "groups": 4}),
        ("3x3 stride 2, odd size", (2, 4, 7, 5), (4, 1, 3, 3), False, {"padding": 1, "stride": 2, "groups": 4}),
        ("two outputs a channel", (2, 3, 5, 5), (6, 1, 3, 3), False, {"padding": 1, "groups": 3}),
    ], "x [batch, channels, height, width], weight [out, 1, kernel height, kernel width], bias [out]", F.conv2d)


def torch_gates(matrix, order):
    """Reorders the gate blocks along the last axis and turns [in, gates * hidden] into PyTorch's [gates * hidden, in]."""
    blocks = matrix.chunk(len(order), -1)
    return torch.cat([blocks[gate] for gate in order], -1).t()


LSTM_ORDER = (0, 1, 3, 2)  # PyTorch has i, f, g, o; ours is i, f, o, g
GRU_ORDER = (0, 1, 2)  # both r, z, n


def lstm_parameters(weights, suffix):
    bias = torch_gates(weights["bias" + suffix], LSTM_ORDER)
    return [
        torch_gates(weights["inputWeight" + suffix], LSTM_ORDER),
        torch_gates(weights["recurrentWeight" + suffix], LSTM_ORDER),
        bias,
        torch.zeros_like(bias),
    ]


def gru_parameters(weights, suffix):
    return [
        torch_gates(weights["inputWeight" + suffix], GRU_ORDER),
        torch_gates(weights["recurrentWeight" + suffix], GRU_ORDER),
        torch_gates(weights["inputBias" + suffix], GRU_ORDER),
        torch_gates(weights["recurrentBias" + suffix], GRU_ORDER),
    ]


def recurrent(name, kind, directions, layout):
    gates = 4 if kind == "lstm" else 3

    def forward(inputs, weights):
        x = inputs["x"]
        hidden = weights["recurrentWeight" + directions[0]].shape[0]
        start = torch.zeros(len(directions), x.shape[0], hidden)
        both = len(directions) == 2
        parameters = []
        for suffix in directions:
            parameters += lstm_parameters(weights, suffix) if kind == "lstm" else gru_parameters(weights, suffix)
        if kind == "lstm":
            return torch.lstm(x, (start, start), parameters, True, 1, 0.0, True, both, True)[0]
        return torch.gru(x, start, parameters, True, 1, 0.0, True, both, True)[0]

    def weights(size, hidden):
        made = {}
        for suffix in directions:
            made["inputWeight" + suffix] = random(size, gates * hidden, scale=0.6)
            made["recurrentWeight" + suffix] = random(hidden, gates * hidden, scale=0.6)
            if kind == "lstm":
                made["bias" + suffix] = random(gates * hidden, scale=0.4)
            else:
                made["inputBias" + suffix] = random(gates * hidden, scale=0.4)
                made["recurrentBias" + suffix] = random(gates * hidden, scale=0.4)
        return made

    write(name, layout, [
        case("five steps", forward, {"x": random(3, 5, 4)}, weights(4, 3), {"hidden": 3}),
        case("one step", forward, {"x": random(2, 1, 3)}, weights(3, 2), {"hidden": 2}),
        case("batch of one, nine steps", forward, {"x": random(1, 9, 2)}, weights(2, 4), {"hidden": 4}),
    ])


LSTM_LAYOUT = (
    "x [batch, steps, in], inputWeight [in, 4 * hidden], recurrentWeight [hidden, 4 * hidden], bias [4 * hidden], "
    "gates i, f, o, g; output [batch, steps, hidden]"
)
GRU_LAYOUT = (
    "x [batch, steps, in], inputWeight [in, 3 * hidden], recurrentWeight [hidden, 3 * hidden], inputBias and "
    "recurrentBias [3 * hidden], gates r, z, n, the recurrent product before the reset gate; "
    "output [batch, steps, hidden]"
)
BOTH = "; names end in Forward and Backward; output [batch, steps, 2 * hidden], forward half first"


def batch_norm():
    def axes(x):
        return [axis for axis in range(x.dim()) if axis != 1]

    def training(inputs, weights):
        x = inputs["x"]
        output = F.batch_norm(x, None, None, weights["scale"], weights["shift"], True, 0.0, 1e-5)
        return output, {
            "batchMean": x.mean(axes(x)),
            "batchVariance": x.var(axes(x), unbiased=False),
        }

    def inference(inputs, weights):
        return F.batch_norm(inputs["x"], inputs["mean"].detach(), inputs["variance"].detach(), weights["scale"],
                            weights["shift"], False, 0.0, 1e-5)

    def weights(channels):
        return {"scale": random(channels), "shift": random(channels)}

    shifted = rounded(random(3, 2, 4, 5) * 2 + 1)
    write("batch-norm", "x [batch, channels, ...], scale and shift [channels], epsilon 1e-5; the batch variance is the "
          "biased one", [
        case("training, pictures", training, {"x": random(3, 4, 2, 3)}, weights(4), {"training": True}),
        case("training, mean away from zero", training, {"x": shifted}, weights(2), {"training": True}),
        case("training, sequence", training, {"x": random(4, 3, 5)}, weights(3), {"training": True}),
        case("inference", inference, {"x": random(2, 3, 2, 2), "mean": random(3),
                                      "variance": rounded(random(3).abs() + 0.5)}, weights(3), {"training": False}),
    ])


def layer_norm():
    def forward(inputs, weights):
        x = inputs["x"]
        return F.layer_norm(x, x.shape[-1:], weights["scale"], weights["shift"], 1e-5)

    write("layer-norm", "x [..., features], scale and shift [features], epsilon 1e-5", [
        case("matrix", forward, {"x": random(4, 6)}, {"scale": random(6), "shift": random(6)}),
        case("sequence", forward, {"x": random(2, 3, 5)}, {"scale": random(5), "shift": random(5)}),
        case("mean away from zero", forward, {"x": rounded(random(3, 8) * 3 + 2)},
             {"scale": random(8), "shift": random(8)}),
    ])


def attention():
    def one(title, batch, queries, keys, dim, heads, mask=None, same=False):
        def forward(inputs, weights):
            query = inputs["query"]
            memory = query if same else inputs["memory"]

            def split(x, part):
                y = x @ weights[part + "Weight"] + weights[part + "Bias"]
                return y.reshape(x.shape[0], x.shape[1], heads, dim // heads).transpose(1, 2)

            q, k, v = split(query, "query"), split(memory, "key"), split(memory, "value")
            scores = q @ k.transpose(-1, -2) / math.sqrt(dim // heads)
            if mask is not None:
                scores = scores.masked_fill(inputs["mask"][:, None, None, :] == 0, -math.inf)
            context = (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(batch, queries, dim)
            ours = context @ weights["outputWeight"] + weights["outputBias"]
            # The same through PyTorch's own multi-head attention, as a check of the reference itself.
            part = ("query", "key", "value")
            theirs, _ = F.multi_head_attention_forward(
                query.transpose(0, 1), memory.transpose(0, 1), memory.transpose(0, 1), dim, heads,
                torch.cat([weights[p + "Weight"].T for p in part]), torch.cat([weights[p + "Bias"] for p in part]),
                None, None, False, 0.0, weights["outputWeight"].T, weights["outputBias"],
                key_padding_mask=None if mask is None else inputs["mask"] == 0, need_weights=False)
            assert torch.allclose(ours, theirs.transpose(0, 1), atol=1e-12)
            return ours

        inputs = {"query": random(batch, queries, dim)}
        if not same:
            inputs["memory"] = random(batch, keys, dim)
        if mask is not None:
            inputs["mask"] = torch.tensor(mask)
        weights = {}
        for part in ("query", "key", "value", "output"):
            weights[part + "Weight"] = random(dim, dim, scale=0.6)
            weights[part + "Bias"] = random(dim, scale=0.3)
        return case(title, forward, inputs, weights, {"heads": heads, "self": same})

    write("attention", "query [batch, queries, dim], memory [batch, keys, dim] (absent for self-attention), mask "
          "[batch, keys] with 1 for a key that counts and 0 for one that is ignored; four linear maps [dim, dim] with "
          "bias [dim]; heads are consecutive slices of dim", [
        one("self", 2, 4, 4, 6, 2, same=True),
        one("self with mask", 2, 4, 4, 4, 2, [[1, 1, 1, 0], [1, 1, 0, 0]], same=True),
        one("cross", 2, 2, 3, 4, 1),
        one("cross with mask", 3, 1, 2, 8, 4, [[1, 1], [1, 0], [0, 1]]),
    ])


def cross_entropy():
    def one(title, batch, classes, soft=False, weighted=False, smoothing=0.0, scale=2.0):
        def forward(inputs, _):
            target = inputs["target"].detach() if soft else inputs["target"]
            weight = inputs["classWeights"].detach() if weighted else None
            return F.cross_entropy(inputs["logits"], target, weight, label_smoothing=smoothing)

        target = rounded(torch.softmax(torch.randn(batch, classes), -1)) if soft else torch.randint(0, classes, (batch,))
        inputs = {"logits": random(batch, classes, scale=scale), "target": target}
        if weighted:
            inputs["classWeights"] = rounded(torch.rand(classes) + 0.5)
        return case(title, forward, inputs, {}, {"labelSmoothing": smoothing})

    write("cross-entropy", "logits [batch, classes]; target int [batch] (hard) or float [batch, classes] (soft); the "
          "mean over the batch. Class weights: hard targets divide by the sum of the weights that occur, soft targets "
          "by the batch size", [
        one("hard", 5, 4),
        one("soft", 4, 3, soft=True),
        one("hard with label smoothing", 5, 4, smoothing=0.1),
        one("soft with label smoothing", 4, 3, soft=True, smoothing=0.2),
        one("hard with class weights", 6, 4, weighted=True),
        one("soft with class weights", 4, 3, soft=True, weighted=True),
        one("large logits", 3, 4, scale=60.0),
    ])


def optimizer(name, make, settings, layout):
    cases = []
    for title, options in settings:
        start = random(7)
        gradients = random(6, 7)
        gradients[:, 3] = 0.0
        weight = start.clone().requires_grad_(True)
        rule = make([weight], **options)
        after = []
        for gradient in gradients:
            weight.grad = gradient.clone()
            rule.step()
            after.append(weight.detach().clone())
        cases.append({
            "name": title,
            "attributes": {key: list(value) if isinstance(value, tuple) else value for key, value in options.items()},
            "weights": {"start": written(start)},
            "gradients": {"steps": written(gradients)},
            "outputs": {"steps": written(torch.stack(after))},
        })
    write(name, layout, cases)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    # One seed a file, so that a change in one leaves the others as they are.
    makers = [
        linear, conv2d, conv1d, depthwise,
        lambda: recurrent("lstm", "lstm", [""], LSTM_LAYOUT),
        lambda: recurrent("bilstm", "lstm", ["Forward", "Backward"], LSTM_LAYOUT + BOTH),
        lambda: recurrent("gru", "gru", [""], GRU_LAYOUT),
        lambda: recurrent("bigru", "gru", ["Forward", "Backward"], GRU_LAYOUT + BOTH),
        batch_norm, layer_norm, attention, cross_entropy,
        lambda: optimizer("adamw", torch.optim.AdamW, [
            ("plain", {"lr": 0.01, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0}),
            ("weight decay", {"lr": 0.02, "betas": (0.9, 0.98), "eps": 1e-8, "weight_decay": 0.1}),
        ], "start [n]; the gradient of each of 6 steps [6, n]; the weights after each step [6, n]"),
        lambda: optimizer("sgd-momentum", torch.optim.SGD, [
            ("plain", {"lr": 0.1}),
            ("momentum", {"lr": 0.05, "momentum": 0.9}),
        ], "start [n]; the gradient of each of 6 steps [6, n]; the weights after each step [6, n]"),
    ]
    for seed, maker in enumerate(makers, start=1):
        torch.manual_seed(seed)
        maker()


if __name__ == "__main__":
    main()
