/**
 * Countries and territories (ISO 3166-1, and `UK` as people write it) where neither the law of the European Union nor
 * that of the European Economic Area applies. Whatever is not here counts as inside: members, Åland, the outermost
 * regions of France (Treaty on the Functioning of the EU, Article 349), and codes that stand for no place.
 */
export const OUTSIDE_EU: readonly string[] = [
  "AD AE AF AG AI AL AM AO AQ AR AS AU AW AZ BA BB BD BF BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ",
  "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX DJ DM DO DZ EC EG EH ER ET FJ FK FM FO",
  "GA GB GD GE GG GH GI GL GM GN GQ GS GT GU GW GY HK HM HN HT ID IL IM IN IO IQ IR JE JM JO JP",
  "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LK LR LS LY MA MC MD ME MG MH MK ML MM MN MO MP MR MS MU MV MW MX MY MZ",
  "NA NC NE NF NG NI NP NR NU NZ OM PA PE PF PG PH PK PM PN PR PS PW PY QA RS RU RW",
  "SA SB SC SD SG SH SJ SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ",
  "UA UG UK UM US UY UZ VA VC VE VG VI VN VU WF WS YE ZA ZM ZW",
].flatMap((line) => line.split(" "));
