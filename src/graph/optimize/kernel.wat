(module
  (import "affekt" "memory" (memory 1))
  ;; AdamW (Loshchilov & Hutter 2019) on n floats, n a multiple of 4, pointers in bytes.
  ;; keep = 1 - learningRate * weightDecay; scale = what the gradient is multiplied with (clipping);
  ;; c1 = 1 - beta1, c2 = 1 - beta2; rate = learningRate with the bias corrections in it.
  (func (export "adamw") (param $p i32) (param $m i32) (param $v i32) (param $g i32) (param $n i32)
    (param $rate f32) (param $c1 f32) (param $c2 f32) (param $epsilon f32) (param $keep f32) (param $scale f32)
    (local $i i32) (local $q v128) (local $a v128) (local $b v128)
    (local $R v128) (local $C1 v128) (local $C2 v128) (local $E v128) (local $K v128) (local $S v128)
    (local.set $R (f32x4.splat (local.get $rate)))
    (local.set $C1 (f32x4.splat (local.get $c1)))
    (local.set $C2 (f32x4.splat (local.get $c2)))
    (local.set $E (f32x4.splat (local.get $epsilon)))
    (local.set $K (f32x4.splat (local.get $keep)))
    (local.set $S (f32x4.splat (local.get $scale)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $q (f32x4.mul (v128.load (local.get $g)) (local.get $S)))
      (local.set $a (v128.load (local.get $m)))
      (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $C1) (f32x4.sub (local.get $q) (local.get $a)))))
      (local.set $b (v128.load (local.get $v)))
      (local.set $b (f32x4.add (local.get $b)
        (f32x4.mul (local.get $C2) (f32x4.sub (f32x4.mul (local.get $q) (local.get $q)) (local.get $b)))))
      (v128.store (local.get $m) (local.get $a))
      (v128.store (local.get $v) (local.get $b))
      (v128.store (local.get $p) (f32x4.sub
        (f32x4.mul (v128.load (local.get $p)) (local.get $K))
        (f32x4.div (f32x4.mul (local.get $R) (local.get $a))
          (f32x4.add (f32x4.sqrt (local.get $b)) (local.get $E)))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $m (i32.add (local.get $m) (i32.const 16)))
      (local.set $v (i32.add (local.get $v) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br $next))))
  ;; SGD with momentum: m = momentum * m + scale * g; p = keep * p - rate * m.
  (func (export "sgd") (param $p i32) (param $m i32) (param $g i32) (param $n i32)
    (param $rate f32) (param $momentum f32) (param $keep f32) (param $scale f32)
    (local $i i32) (local $a v128) (local $R v128) (local $M v128) (local $K v128) (local $S v128)
    (local.set $R (f32x4.splat (local.get $rate)))
    (local.set $M (f32x4.splat (local.get $momentum)))
    (local.set $K (f32x4.splat (local.get $keep)))
    (local.set $S (f32x4.splat (local.get $scale)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $a (f32x4.add
        (f32x4.mul (v128.load (local.get $m)) (local.get $M))
        (f32x4.mul (v128.load (local.get $g)) (local.get $S))))
      (v128.store (local.get $m) (local.get $a))
      (v128.store (local.get $p) (f32x4.sub
        (f32x4.mul (v128.load (local.get $p)) (local.get $K))
        (f32x4.mul (local.get $R) (local.get $a))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $m (i32.add (local.get $m) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br $next))))
  ;; Sum of squares of n floats.
  (func (export "squares") (param $g i32) (param $n i32) (result f32)
    (local $i i32) (local $s v128) (local $q v128)
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $q (v128.load (local.get $g)))
      (local.set $s (f32x4.add (local.get $s) (f32x4.mul (local.get $q) (local.get $q))))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br $next)))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $s)) (f32x4.extract_lane 1 (local.get $s)))
      (f32.add (f32x4.extract_lane 2 (local.get $s)) (f32x4.extract_lane 3 (local.get $s)))))
  ;; a = a + share * (b - a): moving average of weights.
  (func (export "blend") (param $a i32) (param $b i32) (param $n i32) (param $share f32)
    (local $i i32) (local $q v128) (local $S v128)
    (local.set $S (f32x4.splat (local.get $share)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $q (v128.load (local.get $a)))
      (v128.store (local.get $a) (f32x4.add (local.get $q)
        (f32x4.mul (local.get $S) (f32x4.sub (v128.load (local.get $b)) (local.get $q)))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br $next))))
  ;; g = g + l2 * p + l1 * sign(p): gradients of the penalties l2/2 * |p|^2 and l1 * |p|; sign(0) = 0.
  (func (export "penalize") (param $g i32) (param $p i32) (param $n i32) (param $l1 f32) (param $l2 f32)
    (local $i i32) (local $q v128) (local $L1 v128) (local $L2 v128) (local $sign v128) (local $zero v128)
    (local.set $L1 (f32x4.splat (local.get $l1)))
    (local.set $L2 (f32x4.splat (local.get $l2)))
    (local.set $sign (i32x4.splat (i32.const 0x80000000)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $q (v128.load (local.get $p)))
      (v128.store (local.get $g) (f32x4.add
        (v128.load (local.get $g))
        (f32x4.add
          (f32x4.mul (local.get $L2) (local.get $q))
          (v128.and
            (f32x4.ne (local.get $q) (local.get $zero))
            (v128.or (local.get $L1) (v128.and (local.get $q) (local.get $sign)))))))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br $next)))))
