//! What the lab refuses to open or start, each in a sentence with the remedy.

use engine::{Config, Lab, OpenError, StartError};
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};

use crate::harness::{Folder, open_lab, postgres_url, spec};

async fn refused(config: Config) -> String {
    match Lab::open(config).await {
        Ok(_) => panic!("the lab opened"),
        Err(OpenError::Data(sentence) | OpenError::Engine(sentence)) => sentence,
    }
}

fn check(sentence: &str, parts: &[&str]) {
    for part in parts {
        assert!(sentence.contains(part), "{sentence:?} does not say {part:?}");
    }
}

#[tokio::test]
async fn an_unreachable_postgres_is_named_without_its_password() {
    let folder = Folder::new();
    let url = "postgres://somebody:hush@127.0.0.1:1/shop".to_owned();
    let sentence =
        refused(Config { data: folder.0.clone(), postgres: Some(url), nats: None, zookeeper: None }).await;
    check(&sentence, &["127.0.0.1:1/shop", "--engine postgres=URL"]);
    assert!(!sentence.contains("hush"));
}

#[tokio::test]
async fn a_database_with_somebody_elses_tables_is_refused() {
    let url = postgres_url();
    let mut connection = PgConnection::connect(&url).await.expect("the test server answers");
    let name = format!("foreign_{}", std::process::id());
    connection.execute(sqlx::AssertSqlSafe(format!("create database {name}"))).await.expect("it is made");
    let (base, _) = url.rsplit_once('/').expect("a URL has a path");
    let foreign = format!("{base}/{name}");
    let mut inside = PgConnection::connect(&foreign).await.expect("it answers");
    inside.execute("create table customers (id int)").await.expect("it is made");
    let folder = Folder::new();
    let sentence =
        refused(Config { data: folder.0.clone(), postgres: Some(foreign), nats: None, zookeeper: None })
            .await;
    check(&sentence, &[&name, "public.customers", "empty database"]);
    let left: i64 =
        sqlx::query_scalar("select count(*) from customers").fetch_one(&mut inside).await.expect("untouched");
    assert_eq!(left, 0);
    inside.close().await.expect("closes");
    connection.execute(sqlx::AssertSqlSafe(format!("drop database {name}"))).await.expect("it is dropped");
}

#[tokio::test]
async fn a_data_folder_that_is_a_file_is_refused() {
    let folder = Folder::new();
    std::fs::write(&folder.0, "not a folder").expect("written");
    let sentence =
        refused(Config { data: folder.0.clone(), postgres: None, nats: None, zookeeper: None }).await;
    check(&sentence, &[&folder.0.display().to_string(), "--data"]);
    std::fs::remove_file(&folder.0).expect("removed");
}

#[tokio::test]
async fn a_data_folder_in_use_is_refused() {
    let (_lab, folder) = open_lab().await;
    let sentence =
        refused(Config { data: folder.0.clone(), postgres: None, nats: None, zookeeper: None }).await;
    check(&sentence, &["another Interleave", "--data"]);
}

#[tokio::test]
async fn a_run_on_a_postgres_that_was_not_named_is_refused() {
    let folder = Folder::new();
    let lab = Lab::open(Config { data: folder.0.clone(), postgres: None, nats: None, zookeeper: None })
        .await
        .expect("opens");
    match lab.start(spec(&lab, "postgres", json!({}))).await {
        Err(StartError::EngineMissing(sentence)) => check(&sentence, &["--engine postgres=URL"]),
        other => panic!("{other:?}"),
    }
}
