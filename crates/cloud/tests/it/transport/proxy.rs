//! The address of clients, with and without a proxy in front.

use cloud::throttle::limits::CODES_PER_CLIENT;

use crate::support::TestCloud;

/// Asks for codes until the client's limit is used up; each time with another forwarded address.
async fn asks_for_codes(cloud: &TestCloud, n: i64) -> Vec<u16> {
    let mut statuses = Vec::new();
    for i in 0..n {
        let hop = format!("198.51.100.{i}");
        let mut browser = cloud.browser().sending("x-forwarded-for", &hop);
        let page = browser
            .sends_register(&cloud.state, &format!("p{i}@example.org"))
            .await;
        statuses.push(page.status);
    }
    statuses
}

#[tokio::test]
async fn asvs_15_3_4_a_forged_address_does_not_bypass_the_limits() {
    let cloud = TestCloud::start().await;

    let statuses = asks_for_codes(&cloud, CODES_PER_CLIENT.last() + 1).await;

    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
}

#[tokio::test]
async fn asvs_4_1_3_clients_behind_a_trusted_proxy_are_limited_separately() {
    let cloud = TestCloud::start_with(|config| {
        config.demo = true;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;

    let statuses = asks_for_codes(&cloud, CODES_PER_CLIENT.last() + 1).await;

    assert_eq!(statuses.last(), Some(&303), "{statuses:?}");
}
