//! How a world ends, whatever ends it.

use std::process::Command;

use rustix::process::Signal;

use crate::ground::{Ground, NOBODY, NOTHING, Process, Running, User, text};

/// With the processes among themselves: `exec`, the door, the world, pcscd, the program and what it
/// started. Among the machine's there is no door.
const KINDS: [(&str, usize); 2] = [("--nfc nfc", 7), ("--shared-processes --nfc nfc", 6)];

#[test]
fn the_programs_exit_code_streams_and_temporary_folder_are_its_own() {
    let ground = Ground::new(User::Same);
    for kind in ["", "--shared-processes"] {
        let (code, out, error) = ground.run(kind, "echo $TMPDIR; echo e >&2; exit 42");
        let folder = ground.path().to_str().unwrap();
        assert_eq!((code, out.trim(), error.as_str()), (42, folder, "e\n"));
        assert_eq!(ground.run(kind, "kill -KILL $$").0, 128 + 9);
    }
}

#[test]
fn a_program_that_cannot_be_run_gives_the_codes_of_a_shell() {
    let ground = Ground::new(User::Same);
    for (program, wanted) in [("/nonexistent", 127), ("/etc/passwd", 126)] {
        let (code, _, error) = text(&ground.exec("", &[program]).output().unwrap());
        assert_eq!(code, wanted);
        assert!(error.contains(&format!("cannot run {program}")), "{error}");
    }
    assert_eq!(ground.worlds(), NOTHING);
}

#[test]
fn a_program_stays_who_it_is_without_new_privileges() {
    // what may be had by setuid programs differs: they have no effect in a namespace of users
    let script = "id -u; id -g; grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status";
    for user in [User::Same, User::Nobody] {
        let ground = Ground::new(user);
        let own = ground.run("", script);
        assert_eq!(own, ground.run("--shared-processes", script));
        assert_eq!(own.1.lines().count(), 6, "{own:?}");
    }
}

#[test]
fn a_program_sees_the_processes_of_its_world_alone() {
    for user in [User::Same, User::Nobody] {
        let ground = Ground::new(user);
        let other = Running::start(&ground, "", "");
        let (code, out, error) = ground.run("--nfc nfc", "ps -A -o args=; echo $$ $PPID");
        assert_eq!(code, 0, "{error}");
        // the world, pcscd, the program, ps, and the line of numbers
        assert_eq!(out.lines().count(), 5, "{out}");
        assert!(out.ends_with(" 1\n"), "{out}");
        other.end();
    }
}

#[test]
fn after_sigterm_everything_is_gone() {
    for (kind, processes) in KINDS {
        let ground = Ground::new(User::Same);
        let mut world = Running::start(&ground, kind, "");
        assert_eq!(world.tree.len(), processes, "{:?}", world.left());
        crate::ground::send("-TERM", world.exec.id());
        assert_eq!(world.exec.wait().unwrap().code(), Some(128 + 15));
        assert_eq!((world.left(), ground.worlds()), (NOBODY, NOTHING));
    }
}

#[test]
fn short_programs_in_many_worlds_at_once_leave_nothing() {
    let ground = Ground::new(User::Same);
    // each leaves a process behind that is nobody's child and hears no signal
    let script = "(setsid sh -c 'trap \"\" TERM HUP INT; sleep 1000' &); exit 7";
    std::thread::scope(|scope| {
        for devices in ["--key fido2", "--nfc nfc", "--key u2f --nfc nfc", ""] {
            let ground = &ground;
            scope.spawn(move || {
                for _ in 0..5 {
                    let (code, _, error) = ground.run(devices, script);
                    assert_eq!((code, error.as_str()), (7, ""), "{devices}");
                }
            });
        }
    });
    assert_eq!(ground.remains(), NOBODY);
    let living = Running::start(&ground, "--nfc nfc", "");
    assert!(ground.remains().len() > 2, "a living world has a folder and processes");
    living.end();
}

#[test]
fn a_program_that_ignores_sigterm_is_killed() {
    for (kind, _) in KINDS {
        let ground = Ground::new(User::Same);
        let mut world = Running::start(&ground, kind, "trap '' TERM;");
        crate::ground::send("-TERM", world.exec.id());
        assert_eq!(world.exec.wait().unwrap().code(), Some(128 + 15));
        assert_eq!((world.left(), ground.worlds()), (NOBODY, NOTHING));
    }
}

#[test]
fn sigint_is_the_programs_to_handle() {
    for (kind, _) in KINDS {
        let ground = Ground::new(User::Same);
        let mut world = Running::start(&ground, kind, "trap 'exit 3' INT;");
        crate::ground::send("-INT", world.exec.id());
        assert_eq!(world.exec.wait().unwrap().code(), Some(3));
        assert_eq!((world.left(), ground.worlds()), (NOBODY, NOTHING));
    }
}

#[test]
fn after_sigkill_of_any_one_process_none_survives() {
    for (kind, processes) in KINDS {
        for index in 0..processes {
            let ground = Ground::new(User::Same);
            let mut world = Running::start(&ground, kind, "");
            assert_eq!(world.tree.len(), processes, "{:?}", world.left());
            let victim = &world.tree[index];
            let vital = world.is_parent(victim);
            victim.send(Signal::KILL);
            victim.wait_for_end();
            if !vital {
                // pcscd, or what the program has started: the world stands
                assert!(!world.tree[0].has_ended(), "{kind}: process {index}");
                world.tree[0].send(Signal::TERM);
            }
            world.wait_for_all();
            assert_eq!(ground.worlds(), NOTHING, "{kind}: process {index}");
        }
    }
}

#[test]
fn after_sigkill_of_all_of_firmware_sim_at_once_no_process_survives() {
    for user in [User::Same, User::Nobody] {
        let ground = Ground::new(user);
        let mut world = Running::start(&ground, "--key fido2 --nfc nfc", "");
        let [exec, door, devices, ..] = &world.tree[..] else { panic!("too few processes") };
        // stopped, the one that would clean up after the others cannot
        exec.send(Signal::STOP);
        door.send(Signal::STOP);
        devices.send(Signal::KILL);
        door.send(Signal::KILL);
        exec.send(Signal::KILL);
        world.wait_for_all();
        assert_eq!(ground.worlds().len(), 1);
        assert_eq!(ground.run("", "exit 3").0, 3);
        assert_eq!(ground.worlds(), NOTHING);
    }
}

#[test]
fn among_the_machines_processes_the_next_start_ends_and_removes_what_a_killed_world_left() {
    let ground = Ground::new(User::Same);
    let shared = "--shared-processes --nfc nfc";
    let mut world = Running::start(&ground, shared, "");
    let [exec, devices, ..] = &world.tree[..] else { panic!("too few processes") };
    let children = [world.find("pcscd"), world.find("setsid")];
    exec.send(Signal::STOP);
    devices.send(Signal::KILL);
    exec.send(Signal::KILL);
    // pcscd and the program follow all the same; what the program left behind is nobody's child
    children.into_iter().for_each(Process::wait_for_end);
    world.exec.wait().unwrap();
    assert_eq!(ground.worlds().len(), 1);
    assert_ne!(world.left(), NOBODY);
    let other = Running::start(&ground, shared, "");
    assert_eq!(ground.run("", "exit 3").0, 3);
    world.wait_for_silence();
    assert_eq!(world.left(), NOBODY);
    assert_eq!(other.left().len(), 6, "a living world is left alone");
    other.end();
    assert_eq!(ground.worlds(), NOTHING);
}

#[test]
fn a_world_starts_from_a_file_that_has_been_removed() {
    let ground = Ground::new(User::Same);
    let gone = ground.path().join("gone");
    let script = format!(
        "cp $SIM {0} && exec 3<{0} && rm {0} && exec /proc/self/fd/3 exec --nfc nfc -- opensc-tool -l",
        gone.display()
    );
    for kind in ["", "--shared-processes"] {
        let script = script.replace("--nfc nfc", &format!("--nfc nfc {kind}"));
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).env("SIM", &ground.sim).env("TMPDIR", ground.path());
        let (code, out, error) = text(&shell.output().unwrap());
        assert_eq!(code, 0, "{out}{error}");
        assert!(out.contains("Sleutelbos NFC 00 00"), "{out}{error}");
    }
}
