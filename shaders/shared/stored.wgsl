// How values lie in storage: f32; f16 where the device has it; or halves packed in pairs, where it has not. Arithmetic is f32
// everywhere. The build links a kernel once for each (scripts/build/kernel-plugin.ts).

@if(packed16) alias Stored = u32;
@if(float16) alias Stored = f16;
@if(float32) alias Stored = f32;

// What a kernel writes: two invocations may own the halves of one word, so each changes its own half atomically.
@if(packed16) alias StoredOutput = atomic<u32>;
@if(float16) alias StoredOutput = f16;
@if(float32) alias StoredOutput = f32;

// Four values side by side, where a tensor is read in quads.
@if(packed16) alias StoredFour = vec2u;
@if(float16) alias StoredFour = vec4<f16>;
@if(float32) alias StoredFour = vec4f;
