/**
 * A chat as a stream to a running service (`affekt serve`), and somebody who follows it.
 *
 *     AFFEKT_URL=http://127.0.0.1:8080 node examples/stream.mjs
 */
import { createClient } from "affekt/client";

const { AFFEKT_URL = "http://127.0.0.1:8080", AFFEKT_KEY } = process.env;
const client = createClient({ url: AFFEKT_URL, ...(AFFEKT_KEY ? { key: AFFEKT_KEY } : {}) });

const stream = await client.stream(
  { modalities: ["text"], session: "chat-1", keep: false },
  {
    message(message) {
      if (message.type !== "final") return;
      const { speaker, prediction, smoothed } = message;
      console.log(`${speaker}: ${prediction.label} (lately ${smoothed[0]?.label})`);
    },
  },
);

const following = (async () => {
  let results = 0;
  for await (const message of client.follow(stream.id)) if (message.type === "final") results++;
  console.log(`the follower read ${results} results`);
})();

// With a microphone: stream.sound(samples, { sampleRate, timeMs, speaker }); with a camera: stream.frame(jpeg, { timeMs }).
stream.text("😀 We won!", { speaker: "anna", startMs: 0, endMs: 0 });
stream.text("😡 They cheated", { speaker: "ben", startMs: 2_000, endMs: 2_000 });
await stream.finish();
await following;
