//! Leaves functions out of the page's program that are never called, but that the compiler has to keep.
//!
//! A view whose type is erased keeps a table of everything that can be done with it. Two of these things nobody does here.
//! One is to bring it to life piece by piece, for pages whose code is split and loaded on demand; ours is not, and
//! `hydrate_body` never asks for it. The other is to list its outermost elements, which is asked for where a component is
//! handed attributes (`<Component attr:id=.. />`). The compiler cannot know, and the code for it is a tenth of the page. In
//! its place stands a trap, so that if somebody asks after all, the console says so and the browser tests fail.

use anyhow::{Context, Result};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module, ModuleConfig};

/// What the names of such functions contain, as the compiler writes them with a name's length before it, and from how many
/// instructions on they go. The compiler joins functions that are the same to the letter under one of their names, so short
/// ones are left alone: somebody else may go by this name. (With 40 instead of 64 the page does not come to life.)
pub const NEVER_CALLED: [(&str, u64); 2] = [("hydrate_async", 64), ("8elements17h", 12)];

/// The program in `wasm`, without what it never calls.
pub fn trimmed(wasm: &[u8]) -> Result<Module> {
    let mut module = ModuleConfig::new()
        // LLVM has written it, and wasm-bindgen does not check it either.
        .strict_validate(false)
        .generate_name_section(false)
        .parse(wasm)
        .context("reading the compiled page")?;
    for function in never_called(&module) {
        trap(&mut module, function);
    }
    Ok(module)
}

fn never_called(module: &Module) -> Vec<FunctionId> {
    let named = module.funcs.iter_local().filter(|(id, body)| {
        let name = module.funcs.get(*id).name.as_deref().unwrap_or_default();
        NEVER_CALLED.iter().any(|(part, least)| name.contains(part) && body.size() >= *least)
    });
    named.map(|(id, _)| id).collect()
}

/// Puts a trap in a function's place. What only it called is found unused, and goes, when the module is written.
fn trap(module: &mut Module, function: FunctionId) {
    let (kind, types) = (&module.funcs.get(function).kind, &module.types);
    let FunctionKind::Local(body) = kind else { return };
    let (parameters, results) = types.params_results(body.ty());
    let (parameters, results) = (parameters.to_vec(), results.to_vec());
    let arguments = parameters.iter().map(|kind| module.locals.add(*kind)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
    builder.func_body().unreachable();
    module.funcs.get_mut(function).kind = FunctionKind::Local(builder.local_func(arguments));
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::ValType;

    /// A module that exports a function of so many instructions under a name.
    fn module_with(name: &str, instructions: usize) -> Vec<u8> {
        let mut module = Module::default();
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
        builder.name(name.to_owned());
        let mut body = builder.func_body();
        for _ in 0..instructions / 2 {
            body.i32_const(1).drop();
        }
        body.i32_const(7);
        let function = builder.finish(Vec::new(), &mut module.funcs);
        module.exports.add("it", function);
        module.emit_wasm()
    }

    fn instructions_left(name: &str, instructions: usize) -> u64 {
        let module = trimmed(&module_with(name, instructions)).unwrap();
        module.funcs.iter_local().map(|(_, body)| body.size()).sum()
    }

    #[test]
    fn what_is_never_called_becomes_a_trap() {
        assert_eq!(instructions_left("view::hydrate_async::closure", 100), 1);
        assert_eq!(instructions_left("7Element8elements17h0", 20), 1);
    }

    #[test]
    fn everything_else_stays() {
        assert!(instructions_left("view::hydrate", 100) >= 100);
        assert!(instructions_left("view::hydrate_async", 30) >= 30);
        assert!(instructions_left("5Shelf13grid_elements17h0", 100) >= 100);
    }
}
