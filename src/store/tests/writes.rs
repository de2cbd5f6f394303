//! The outcome of writes.

use super::{create, open};
use crate::model::{TAG, Timestamp};
use crate::query::{Predicate, Sql};
use crate::store::{
    Act, Added, Allowances, Bounds, Error, Origin, Payer, Purpose, Snapshot, Store, UserName,
    Weight, Write,
};
use serde_json::json;
use std::sync::mpsc::channel;
use std::time::Duration;
use uuid::Uuid;

fn tag(write: &Write<'_>, name: &str) -> Result<Uuid, Error> {
    let actor = write.actor(&UserName::repository())?;
    create(write, &actor, &TAG, json!({ "name": name }))
}

/// SQLite rolls back by itself when the disk fails; whatever a request does then, no part of it may
/// be written.
#[test]
fn once_sqlite_has_rolled_back_nothing_more_is_written() {
    let (_folder, store) = open();
    let written = store.write_blocking(Origin::command("test"), move |write| {
        tag(write, "before")?;
        write.connection.control("ROLLBACK").unwrap();
        assert!(matches!(tag(write, "after"), Err(Error::Commit(_))));
        assert!(matches!(write.attempt(|| tag(write, "after")), Err(Error::Commit(_))));
        assert!(matches!(write.undone(|| tag(write, "after")), Err(Error::Commit(_))));
        Ok(())
    });
    assert!(matches!(written, Err(Error::Commit(_))), "{written:?}");
    // Nor does it fail because its savepoint is gone with the transaction.
    let roll_back = |write: &Write<'_>| {
        write.connection.control("ROLLBACK").unwrap();
        Err::<(), _>(Error::NotFound)
    };
    let parts = [
        store.write_blocking(Origin::command("test"), move |write| {
            write.attempt(|| roll_back(write))
        }),
        store.write_blocking(Origin::command("test"), move |write| {
            write.undone(|| roll_back(write))
        }),
    ];
    assert!(parts.iter().all(|part| matches!(part, Err(Error::Commit(_)))), "{parts:?}");
    store.write_blocking(Origin::command("test"), move |write| tag(write, "kept")).unwrap();
    assert_eq!(store.scan(|snapshot| snapshot.count(&TAG, &Predicate::True)).unwrap(), 1);
}

/// Otherwise a full disk would seem to be writable.
#[tokio::test]
async fn a_touch_is_written_and_changes_nothing() {
    let (folder, store) = open();
    let log = || folder.path().join("test.db-wal").metadata().unwrap().len();
    let versions = || store.scan(|snapshot: &Snapshot<'_>| snapshot.versions()).unwrap();
    let before = (log(), versions());
    store.touch().await.unwrap();
    assert!(log() > before.0, "nothing was written");
    assert_eq!(versions(), before.1);
}

#[test]
fn a_write_that_fails_leaves_nothing_and_a_panic_harms_no_other() {
    let (_folder, store) = open();
    let failed = store.write_blocking(Origin::command("test"), move |write| {
        tag(write, "lost")?;
        Err::<(), _>(Error::NotFound)
    });
    assert!(matches!(failed, Err(Error::NotFound)));
    let panicked =
        store.write_blocking(Origin::command("test"), move |write| -> Result<(), Error> {
            tag(write, "lost too")?;
            panic!("on purpose")
        });
    assert!(matches!(panicked, Err(Error::Stopped)));
    store.write_blocking(Origin::command("test"), move |write| tag(write, "kept")).unwrap();
    let count = store.scan(|snapshot| snapshot.count(&TAG, &Predicate::True)).unwrap();
    assert_eq!(count, 1);
}

/// Runs some writes of one user, who may create that many entities a day, with requests of that
/// weight.
fn each_within(
    entities: u64,
    weight: Option<Weight>,
    each: impl FnOnce(&dyn Fn(Work) -> Result<(), Error>),
) -> i64 {
    let (_folder, store) = open();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (allowances, user) =
        (Allowances::new(Added { entities, bytes: 0 }), Payer::User(Uuid::now_v7()));
    each(&|work| {
        let bounds = Bounds {
            allowance: allowances.of(user, Purpose::Change),
            expected: Weight::default(),
            weight,
            time: None,
        };
        runtime.block_on(store.write_within(Origin::command("test"), Some(bounds), work))
    });
    store.scan(|snapshot| snapshot.count(&TAG, &Predicate::True)).unwrap()
}

type Work = fn(&Write<'_>) -> Result<(), Error>;
type OwnWork = Box<dyn FnOnce(&Write<'_>) -> Result<(), Error> + Send>;

#[test]
fn undone_changes_are_not_charged() {
    let number = each_within(2, None, |write| {
        for _ in 0..5 {
            let uncommitted = write(|write| {
                tag(write, "a")?;
                write.connection.control("ROLLBACK").unwrap();
                Ok(())
            });
            assert!(matches!(uncommitted, Err(Error::Commit(_))), "{uncommitted:?}");
            assert!(matches!(
                write(|write| tag(write, "b").and(Err(Error::NotFound))),
                Err(Error::NotFound)
            ));
            write(|write| write.undone(|| tag(write, "c").map(drop))).unwrap();
            write(|write| {
                write.attempt(|| tag(write, "d").and(Err::<(), _>(Error::NotFound))).or(Ok(()))
            })
            .unwrap();
        }
        write(|write| tag(write, "e").and(tag(write, "f")).map(drop)).unwrap();
        let more = write(|write| tag(write, "g").map(drop));
        assert!(
            matches!(more, Err(Error::AllowanceUsedUp { setting: "max-daily-entities", .. })),
            "{more:?}"
        );
    });
    assert_eq!(number, 2);
}

/// Whatever the estimate was.
#[test]
fn a_write_that_turns_out_to_be_too_heavy_is_undone() {
    let number = each_within(0, Some(Weight::of_millis(1)), |write| {
        write(|write| tag(write, "a").map(drop)).unwrap();
        let heavy = write(|write| (0..1_000).try_for_each(|_| tag(write, "b").map(drop)));
        assert!(matches!(heavy, Err(Error::TooHeavy(_))), "{heavy:?}");
    });
    assert_eq!(number, 1);
}

/// Counts for longer than any timeout.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \
                       1000000000000) SELECT count(*) FROM n";

fn count_endlessly(write: &Write<'_>) -> Result<(), Error> {
    write.snapshot().first(&Sql::new(ENDLESS), |_| Ok(())).map(drop)
}

fn tags(store: &Store) -> Vec<String> {
    let names = Sql::new("SELECT name FROM tags ORDER BY name");
    store.scan(|snapshot| snapshot.all(&names, |row| row.get(0))).unwrap()
}

/// SQLite rolls back all of a transaction in which it interrupts a statement that changes rows, and
/// a group of writes shares one transaction.
#[tokio::test]
async fn a_write_that_takes_too_long_is_cancelled_and_harms_no_other_of_its_group() {
    let (_folder, store) = open();
    let allowances = Allowances::new(Added { entities: 1_000, bytes: 0 });
    let within = |millis: u64| {
        let allowance = allowances.of(Payer::User(Uuid::now_v7()), Purpose::Change);
        Some(Bounds {
            allowance,
            expected: Weight::default(),
            weight: None,
            time: Some(Duration::from_millis(millis)),
        })
    };
    let write = |bounds, work: Work| store.write_within(Origin::command("test"), bounds, work);
    // The others arrive while the first is in progress.
    let (first, before, long, tried, undone, swallowed, after) = tokio::join!(
        write(within(60_000), |write| {
            std::thread::sleep(Duration::from_millis(5));
            tag(write, "first").map(drop)
        }),
        write(within(60_000), |write| tag(write, "before").map(drop)),
        write(within(100), |write| {
            tag(write, "long")?;
            count_endlessly(write)
        }),
        write(within(100), |write| write
            .attempt(|| tag(write, "tried").and(count_endlessly(write)))),
        write(within(100), |write| write
            .undone(|| tag(write, "undone").and(count_endlessly(write)))),
        write(within(100), |write| {
            assert!(matches!(count_endlessly(write), Err(Error::TooLong)));
            assert!(matches!(tag(write, "swallowed"), Err(Error::TooLong)));
            Ok(())
        }),
        write(within(60_000), |write| tag(write, "after").map(drop)),
    );
    for ended in [long, tried, undone, swallowed] {
        assert!(matches!(ended, Err(Error::TooHeavy(_))), "{ended:?}");
    }
    for kept in [first, before, after] {
        kept.unwrap();
    }
    assert_eq!(tags(&store), ["after", "before", "first"]);
    // The next write on the same connection has its own time.
    write(within(60_000), |write| tag(write, "next").map(drop)).await.unwrap();
    assert_eq!(tags(&store), ["after", "before", "first", "next"]);
}

/// All writes of a group are answered once the last of them is done.
#[tokio::test]
async fn a_short_write_is_answered_before_a_long_one_behind_it_is_done() {
    let (_folder, store) = open();
    let allowances = Allowances::new(Added::default());
    let write = |millis: u64, work: OwnWork| {
        let allowance = allowances.of(Payer::User(Uuid::now_v7()), Purpose::Change);
        let bounds =
            Bounds { allowance, expected: Weight::of_millis(millis), weight: None, time: None };
        store.write_within(Origin::command("test"), Some(bounds), work)
    };
    let ((submit, submitted), (answer, answered)) = (channel(), channel());
    let (first, short, long, ()) = tokio::join!(
        write(
            1,
            Box::new(move |write| {
                submitted.recv().unwrap();
                tag(write, "first").map(drop)
            })
        ),
        async {
            let written = write(1, Box::new(|write| tag(write, "short").map(drop))).await;
            let _ = answer.send(());
            written
        },
        write(
            100,
            Box::new(move |write| {
                answered.recv_timeout(Duration::from_secs(20)).map_err(|_| Error::TooLong)?;
                tag(write, "long").map(drop)
            })
        ),
        async { submit.send(()).unwrap() },
    );
    for written in [first, short, long] {
        written.unwrap();
    }
    assert_eq!(tags(&store), ["first", "long", "short"]);
}

#[test]
fn an_entry_dated_ahead_does_not_keep_the_entries_before_it() {
    let (folder, store) = open();
    let hour = 3_600_000;
    let forget_dated = |hours: &[i64]| {
        let now = Timestamp::now().millis();
        let dated = |number: usize, hours: i64| {
            let act = format!("act {number}");
            store
                .write_blocking(Origin::command("test"), move |write| write.record(Act::done(&act)))
                .unwrap();
            let database = rusqlite::Connection::open(folder.path().join("test.db")).unwrap();
            let date = "UPDATE audit_entries SET created_date = ?1 WHERE number = (SELECT \
                        max(number) FROM audit_entries)";
            database.execute(date, [now + hours * hour]).unwrap();
        };
        hours.iter().enumerate().for_each(|(number, hours)| dated(number, *hours));
        let forget_until_none_is_left = |moment| {
            let forget = || {
                store
                    .write_blocking(Origin::command("test"), move |write| {
                        write.remove_old_audit_entries(moment)
                    })
                    .unwrap()
            };
            std::iter::repeat_with(forget).take_while(|number| *number > 0).sum::<usize>()
        };
        let removed = forget_until_none_is_left(Timestamp::from_millis(now - hour));
        let left =
            store.read(|snapshot| Ok::<_, Error>((snapshot.check_audit()?, ()))).unwrap().0.entries;
        forget_until_none_is_left(Timestamp::from_millis(i64::MAX));
        (removed, left)
    };
    // Hours from now; entries of the last hour are kept.
    for (hours, forgotten) in [
        (&[-3, 9_000, -2, 0][..], 3),
        (&[9_000, -2, 0], 2),
        // No entry after it shows that an entry dated in the future is old.
        (&[-3, -2, 9_000], 2),
        (&[9_000, 9_000], 0),
        (&[-3, 0, 9_000, -2], 1),
        // The clock was put back: the entry with the latest date is not the last one.
        (&[-2, -3, 9_000, -3, 0], 4),
    ] {
        assert_eq!(
            forget_dated(hours),
            (forgotten, hours.len() as u64 - forgotten as u64),
            "{hours:?}"
        );
    }
}
