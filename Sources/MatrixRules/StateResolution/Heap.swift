/// A collection that gives its least element first, in time logarithmic in its size.
struct Heap<Element: Comparable> {
    private var elements: [Element] = []

    mutating func insert(_ element: Element) {
        elements.append(element)
        var place = elements.count - 1
        while place > 0, elements[place] < elements[(place - 1) / 2] {
            elements.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func popLeast() -> Element? {
        guard let last = elements.indices.last else { return nil }
        elements.swapAt(0, last)
        let least = elements.removeLast()
        var place = 0
        while let child = lesserChild(of: place), elements[child] < elements[place] {
            elements.swapAt(place, child)
            place = child
        }
        return least
    }

    private func lesserChild(of place: Int) -> Int? {
        let left = 2 * place + 1
        guard left < elements.count else { return nil }
        let right = left + 1
        return right < elements.count && elements[right] < elements[left] ? right : left
    }
}
