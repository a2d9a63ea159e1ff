import Database
import MatrixTypes

/// One page of results.
struct SearchPage {
    let hits: [SearchScan.Hit]
    /// Of all results, as far as they were looked at for the first page.
    let count: Int
    let next: SearchToken?
    /// Where each group goes on, which it does where the whole does.
    let hasGroupTokens: Bool

    init(
        _ criteria: SearchCriteria, from token: SearchToken?, for user: UserID,
        in timeline: Timeline
    ) throws {
        let rooms = try SearchRooms(
            of: user, criteria.filter, only: token?.group, in: timeline)
        var sender: UserID?
        if case .sender(let one) = token?.group { sender = one }
        var scan = try SearchScan(criteria, for: user, in: rooms, sender: sender, timeline)
        let below = try token?.below ?? timeline.db.seenPosition() + 1
        // The first page counts, and an order by rank needs all that it ranks.
        let isPartial = token != nil && criteria.order == .recent
        let found = try scan.find(below: below, enough: isPartial ? criteria.limit : nil)
        count = token?.count ?? found.hits.count
        let left =
            criteria.order == .recent ? found.hits : Self.ranked(found.hits, after: token?.last)
        hits = Array(left.prefix(criteria.limit))

        var next: SearchToken?
        if let last = hits.last, hits.count == criteria.limit {
            let position = last.event.position.rawValue
            next =
                criteria.order == .recent
                ? SearchToken(below: position, count: count, group: token?.group)
                : SearchToken(
                    below: below, count: count,
                    last: SearchToken.Place(rank: last.rank, position: position),
                    group: token?.group)
        } else if let place = found.next {
            next = SearchToken(below: place, count: count, group: token?.group)
        }
        self.next = next
        // By rank, what one group holds beyond the results at hand might rank before their last.
        hasGroupTokens =
            next != nil && token?.group == nil
            && (criteria.order == .recent || found.next == nil)
    }

    /// The best first; equal ones in the order in which they were said.
    private static func ranked(_ hits: [SearchScan.Hit], after last: SearchToken.Place?)
        -> [SearchScan.Hit]
    {
        hits.filter { hit in
            guard let last else { return true }
            return (last.rank, hit.event.position.rawValue) > (hit.rank, last.position)
        }
        .sorted { ($1.rank, $0.event.position) < ($0.rank, $1.event.position) }
    }
}
