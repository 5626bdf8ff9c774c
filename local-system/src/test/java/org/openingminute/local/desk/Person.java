package org.openingminute.local.desk;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A registrant; the same number always gives the same person. Names and places are as unevenly distributed as real ones: of a hundred
 * people fifteen have the first given name of the list, and one has the last.
 *
 * @param place the place of the university
 */
record Person(int number, String given, String family, String place) {

    private static final List<String> GIVEN = List.of(
            "Maria",
            "Wei",
            "Anna",
            "Jose",
            "Mohammed",
            "John",
            "Mark",
            "Li",
            "Andrea",
            "Martin",
            "Yan",
            "Priya",
            "Andrew",
            "Sofia",
            "Thomas",
            "Antonio",
            "Mei",
            "Lukas",
            "Rahul",
            "Emma",
            "Daniel",
            "Fatima",
            "Michael",
            "Julia",
            "Hiroshi",
            "Ana",
            "Peter",
            "Chloe",
            "Jan",
            "Olga",
            "David",
            "Ingrid",
            "Kwame",
            "Paul",
            "Sarah",
            "Ivan",
            "Nadia",
            "Oliver",
            "Bruno",
            "Zoe");

    private static final List<String> FAMILY = List.of(
            "Wang",
            "Garcia",
            "Mueller",
            "Li",
            "Smith",
            "Kumar",
            "Martinez",
            "Zhang",
            "Schmidt",
            "Nguyen",
            "Silva",
            "Kim",
            "Schneider",
            "Johnson",
            "Liu",
            "Lopez",
            "Tanaka",
            "Rossi",
            "Singh",
            "Fischer",
            "Martin",
            "Chen",
            "Ivanov",
            "Brown",
            "Weber",
            "Hernandez",
            "Yang",
            "Santos",
            "Jones",
            "Mayer",
            "Sato",
            "Park",
            "Dubois",
            "Wagner",
            "Ali",
            "Gonzalez",
            "Huang",
            "Becker",
            "Andersson",
            "Miller",
            "Novak",
            "Sharma",
            "Davis",
            "Schulz",
            "Ferrari",
            "Zhao",
            "Costa",
            "Hoffmann",
            "Wilson",
            "Kowalski",
            "Suzuki",
            "Hansen",
            "Koch",
            "Nowak",
            "Taylor",
            "Richter",
            "Moreau",
            "Okafor",
            "Lindqvist",
            "Zimmermann");

    private static final List<String> PLACES = List.of(
            "Berlin",
            "Beijing",
            "Stanford",
            "Munich",
            "Zurich",
            "Cambridge",
            "Toronto",
            "Tokyo",
            "Paris",
            "Seoul",
            "Mumbai",
            "Madrid",
            "Oxford",
            "Austin",
            "Lausanne",
            "Milan",
            "Melbourne",
            "Vienna",
            "Prague",
            "Accra");

    static Person of(int number) {
        SplittableRandom random = new SplittableRandom(number);
        return new Person(number, one(GIVEN, random), one(FAMILY, random), one(PLACES, random));
    }

    private static String one(List<String> names, SplittableRandom random) {
        double drawn = random.nextDouble();
        return names.get((int) (names.size() * drawn * drawn));
    }

    String email() {
        return (given + "." + family + "." + number + "@" + place + ".example").toLowerCase(Locale.ROOT);
    }

    /** The body of a registration for this person only. */
    String body() {
        return """
                {"contact": {"name": "%1$s %2$s", "email": "%3$s"},
                 "attendees": [{"category": "guest", "givenName": "%1$s", "familyName": "%2$s", "email": "%3$s",
                                "affiliation": "University of %4$s", "country": "DE", "badgeName": "%1$s"}],
                 "acceptedCodeOfConduct": true}""".formatted(given, family, email(), place);
    }
}
