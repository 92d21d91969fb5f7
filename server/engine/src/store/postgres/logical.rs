//! What a server lets us read of its log, and the databases of the runs that do.
//!
//! A slot belongs to a database and hears of every transaction in it, so a run that reads the log has a database of its
//! own; it bears the name that the run's schema has, and is marked with the database that its maker works in.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tokio::sync::Semaphore;

use super::database::{RUN_PREFIX, end_backend, lock_name};
use super::session::lost;
use crate::store::PortError;

/// The mark of a run's own database; behind it stands the database that its maker works in.
const MARK: &str = "Interleave's mark: the database of one run, made from the database ";
/// The most slots that all runs together have: each makes the server keep its log.
const SLOTS_MAX: u32 = 16;
/// A trial slot that is not made by then waits for open transactions; then everything that can be missing is there.
const TRIAL_MAX: &str = "2s";
/// How often to look whether a slot is free to be dropped, and how long to wait in between.
const LOOKS_MAX: usize = 500;
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// The slots that runs may have.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    /// Those that are free.
    pub free: Arc<Semaphore>,
}

/// The slots of this server, or why it lets us have none: the end of a sentence that begins with "because".
pub(super) async fn slots(options: &PgConnectOptions) -> Result<Result<Slots, String>, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let text = "select current_setting('wal_level') as level, current_user::text as role, \
        current_setting('max_replication_slots')::bigint as most, \
        (select count(*) from pg_replication_slots) as taken, \
        (select rolsuper or rolcreatedb from pg_roles where rolname = current_user) as makes_databases";
    let row = sqlx::query(text).fetch_one(&mut connection).await?;
    let (level, role): (String, String) = (row.try_get("level")?, row.try_get("role")?);
    if level != "logical" {
        return Ok(Err(format!("its wal_level is {level}; set wal_level = logical and restart PostgreSQL")));
    }
    if !row.try_get::<bool, _>("makes_databases")? {
        return Ok(Err(format!(
            "the role {role} may not make databases, and a run that reads the log has one of its own; allow it with \
             `alter role {role} createdb`"
        )));
    }
    let (most, taken): (i64, i64) = (row.try_get("most")?, row.try_get("taken")?);
    let free = u32::try_from(most - taken).unwrap_or_default().min(SLOTS_MAX);
    if free == 0 {
        return Ok(Err(format!(
            "all of its {most} replication slots are taken; raise max_replication_slots and restart PostgreSQL"
        )));
    }
    let refused = trial(&mut connection, &role).await?;
    // The trial slot goes with its connection, and must be gone before a run asks for one.
    connection.close().await?;
    Ok(refused.map_or_else(|| Ok(Slots { free: Arc::new(Semaphore::new(free as usize)) }), Err))
}

/// Makes a slot that lives no longer than the connection. Why the server refuses it, if it does.
async fn trial(connection: &mut PgConnection, role: &str) -> Result<Option<String>, sqlx::Error> {
    let set = AssertSqlSafe(format!("set statement_timeout to '{TRIAL_MAX}'"));
    sqlx::raw_sql(set).execute(&mut *connection).await?;
    let text = "select from pg_create_logical_replication_slot('interleave_trial_' || pg_backend_pid(), 'pgoutput', true)";
    let Err(error) = sqlx::query(text).execute(connection).await else { return Ok(None) };
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
    match code.as_str() {
        "57014" => Ok(None),
        "42501" => Ok(Some(format!(
            "the role {role} may not use replication slots; allow it with `alter role {role} replication`"
        ))),
        "" => Err(error),
        _ => Ok(Some(format!("it refuses a replication slot ({error})"))),
    }
}

/// Makes a run's own database. `connection` is to `home`, holds the run's lock, and goes on holding it.
pub(super) async fn make_database(
    connection: &mut PgConnection,
    name: &str,
    home: &str,
) -> Result<(), sqlx::Error> {
    let make = format!("create database {name} template template0");
    sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut *connection).await?;
    let mark = format!("comment on database {name} is '{}'", format!("{MARK}{home}").replace('\'', "''"));
    sqlx::raw_sql(AssertSqlSafe(mark)).execute(connection).await.map(drop)
}

/// Drops a run's own database, its slot first.
pub(super) async fn drop_database(connection: &mut PgConnection, name: &str) -> Result<(), PortError> {
    let text = "select slot_name::text as name, active_pid from pg_replication_slots where database = $1";
    let mut are_gone = false;
    for _ in 0..LOOKS_MAX {
        let slots = sqlx::query(text).bind(name).fetch_all(&mut *connection).await.map_err(lost)?;
        are_gone = slots.is_empty();
        if are_gone {
            break;
        }
        for slot in slots {
            if let Some(reader) = slot.try_get::<Option<i32>, _>("active_pid").map_err(lost)? {
                end_backend(connection, reader).await?;
            }
            let slot: String = slot.try_get("name").map_err(lost)?;
            // Somebody else may be dropping it, or its reader may not be gone yet: another look tells.
            let dropped = sqlx::query("select pg_drop_replication_slot($1)")
                .bind(&slot)
                .execute(&mut *connection)
                .await;
            if let Err(error) = dropped {
                tracing::debug!(slot, %error, "a slot was not dropped yet");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
    if !are_gone {
        return Err(PortError::Broken(format!("the slot of the database {name} is not given free")));
    }
    let text = format!("drop database if exists {name} with (force)");
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await.map(drop).map_err(lost)
}

/// Drops the databases of runs whose owner is gone: its lock is free.
pub(super) async fn drop_leftovers(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let text = "select datname::text as name from pg_database where starts_with(datname, $1) \
        and shobj_description(oid, 'pg_database') = $2 || current_database() order by 1";
    let rows = sqlx::query(text).bind(RUN_PREFIX).bind(MARK).fetch_all(&mut *connection).await?;
    for row in rows {
        let name: String = row.try_get("name")?;
        if !lock_name(connection, &name, false).await? {
            continue;
        }
        if let Err(error) = drop_database(connection, &name).await {
            tracing::warn!(name, %error, "a leftover database was not dropped");
        }
        let text = "select pg_advisory_unlock(hashtextextended($1, 0))";
        sqlx::query(text).bind(&name).execute(&mut *connection).await?;
    }
    Ok(())
}
