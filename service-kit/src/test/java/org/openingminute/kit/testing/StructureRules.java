package org.openingminute.kit.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.text.MessageFormat;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;

/** Rules for the structure of every module: package sizes, no cycles, and one dialect. */
public final class StructureRules {

    private static final String MESSAGE_SOURCE = "org.springframework.context.MessageSource";
    private static final int ARGUMENTS_WITH_A_DEFAULT = 4;

    private static final int FEWEST_TYPES = 4;
    private static final int MOST_TYPES = 15;
    private static final int MOST_PACKAGES = 12;

    private StructureRules() {}

    /**
     * All rules for a module.
     *
     * @param root its root package, for example {@code org.openingminute.payment}
     */
    public static ArchRule of(String root) {
        return of(root, MOST_PACKAGES);
    }

    /**
     * All rules for a module that may have more packages.
     *
     * @param packages the maximum number of packages below its root
     */
    public static ArchRule of(String root, int packages) {
        return CompositeArchRule.of(packagesAreNeitherCrowdedNorSparse(root, packages))
                .and(packagesHaveNoCycle(root))
                .and(timeAndIdsComeFromOutside(root))
                .and(loggersAreNamedAlike())
                .and(sentencesAreNoPatterns())
                .and(endpointsArePackagePrivate());
    }

    /** A package has 4 to 15 top-level types, the root at most 15; the number of packages below the root is limited. */
    private static ArchRule packagesAreNeitherCrowdedNorSparse(String root, int mostPackages) {
        return classes()
                .that()
                .resideInAPackage(root + "..")
                .should(new ArchCondition<JavaClass>("stand in packages of 4 to 15") {

                    private final Map<String, Long> types = new TreeMap<>();

                    @Override
                    public void init(Collection<JavaClass> all) {
                        types.clear();
                        all.stream()
                                .filter(type -> type.isTopLevelClass()
                                        && !type.getSimpleName().equals("package-info"))
                                .forEach(type -> types.merge(type.getPackageName(), 1L, Long::sum));
                    }

                    @Override
                    public void check(JavaClass type, ConditionEvents events) {}

                    @Override
                    public void finish(ConditionEvents events) {
                        types.forEach((name, count) -> {
                            if (count > MOST_TYPES || count < FEWEST_TYPES && !name.equals(root)) {
                                events.add(SimpleConditionEvent.violated(
                                        name,
                                        "package %s has %d top-level types, and not %d to %d"
                                                .formatted(name, count, FEWEST_TYPES, MOST_TYPES)));
                            }
                        });
                        long packages = types.keySet().stream()
                                .filter(name -> !name.equals(root))
                                .count();
                        if (packages > mostPackages) {
                            events.add(SimpleConditionEvent.violated(
                                    root,
                                    "%s has %d packages, and not %d at most".formatted(root, packages, mostPackages)));
                        }
                    }
                });
    }

    private static ArchRule packagesHaveNoCycle(String root) {
        return slices().matching(root + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** The root package is exempt, because it declares the beans for the clock and the source of ids. */
    private static ArchRule timeAndIdsComeFromOutside(String root) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(root)
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(LocalDate.class, "now")
                .orShould()
                .callMethod(LocalDateTime.class, "now")
                .orShould()
                .callMethod(ZonedDateTime.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .allowEmptyShould(true);
    }

    private static ArchRule loggersAreNamedAlike() {
        return fields().that()
                .haveRawType(Logger.class)
                .should()
                .haveName("log")
                .andShould()
                .bePrivate()
                .andShould()
                .beStatic()
                .andShould()
                .beFinal()
                .allowEmptyShould(true);
    }

    /**
     * Spring parses a default text as a pattern: a sentence that a person typed loses its apostrophes and throws at a brace. So only
     * {@code Localizer.find} looks up a text, without a default, and its caller returns the sentence.
     */
    private static ArchRule sentencesAreNoPatterns() {
        return noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "a text is asked for with a default, outside Localizer.find",
                        call -> asksWithDefault(call) && !isLocalizersFind(call.getOrigin())))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(MESSAGE_SOURCE + "Resolvable")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.springframework.context.support.MessageSourceAccessor")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(MessageFormat.class)
                .allowEmptyShould(true);
    }

    private static boolean asksWithDefault(JavaMethodCall call) {
        return call.getTargetOwner().isAssignableTo(MESSAGE_SOURCE)
                && call.getName().equals("getMessage")
                && call.getTarget().getRawParameterTypes().size() == ARGUMENTS_WITH_A_DEFAULT;
    }

    private static boolean isLocalizersFind(JavaCodeUnit origin) {
        return origin.getOwner().getSimpleName().equals("Localizer")
                && origin.getName().equals("find");
    }

    private static ArchRule endpointsArePackagePrivate() {
        return classes()
                .that()
                .haveSimpleNameEndingWith("Controller")
                .or()
                .haveSimpleNameEndingWith("Listener")
                .and()
                .areNotInterfaces()
                .should()
                .notHaveModifier(JavaModifier.PUBLIC)
                .allowEmptyShould(true);
    }
}
